"""The station: a page where visitors touch the body and hear what lives there, served by a process of its own."""
