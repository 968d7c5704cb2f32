"""For tests of clocks and disks: a library between the show and its system that sets the clock and slows the disk.

What the show calls is the C library's own function, whoever calls it: Python, libsndfile, the driver. Nothing in the
show knows of it.
"""

import os
import shutil
import subprocess

import numpy as np
import pytest

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile struct { long long shift, delay; } nothing, *wish = &nothing; /* seconds; microseconds */
static const char *folder = "";

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    int file = REAL(open)(getenv("INTERPOSED"), O_RDONLY);
    void *memory = mmap(0, sizeof nothing, PROT_READ, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) wish = memory;
    close(file);
    folder = getenv("INTERPOSED_FOLDER");
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int code = REAL(clock_gettime)(clock, now);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += wish->shift;
    return code;
}

int gettimeofday(struct timeval *now, void *zone) {
    int code = REAL(gettimeofday)(now, zone);
    now->tv_sec += wish->shift;
    return code;
}

time_t time(time_t *now) {
    time_t told = REAL(time)(0) + wish->shift;
    if (now) *now = told;
    return told;
}

static void wait_for_disk(const char *path) {
    if (wish->delay && strstr(path, folder)) usleep(wish->delay);
}

#define OPEN(name) int name(const char *path, int flags, ...) { \\
    va_list more; va_start(more, flags); int mode = va_arg(more, int); va_end(more); \\
    if (flags & (O_WRONLY | O_RDWR)) wait_for_disk(path); \\
    return REAL(name)(path, flags, mode); }
OPEN(open)
OPEN(open64)

int fsync(int file) {
    char link[64], path[4096] = {0};
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    if (readlink(link, path, sizeof path - 1) > 0) wait_for_disk(path);
    return REAL(fsync)(file);
}

int rename(const char *old, const char *path) {
    wait_for_disk(path);
    return REAL(rename)(old, path);
}
""".replace("\\\\", "\\")


class System:
    """The library, compiled, and what it is to do: `shift` in seconds, `delay` in seconds for what lies in `folder`."""

    def __init__(self, folder, slow):
        if not shutil.which("cc"):
            pytest.fail("these tests stand between the show and its system; install: sudo apt install gcc libc6-dev")
        library, source, wish = folder / "interposed.so", folder / "interposed.c", folder / "wish"
        source.write_text(SOURCE)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        wish.write_bytes(bytes(16))
        self._wish = np.memmap(wish, np.int64, "r+")
        self.environment = {
            "LD_PRELOAD": os.pathsep.join(filter(None, [str(library), os.environ.get("LD_PRELOAD")])),
            "INTERPOSED": str(wish), "INTERPOSED_FOLDER": str(slow),
        }  # fmt: skip

    def shift(self, seconds):
        """Set the clock so much forward, or back."""
        self._wish[0] = round(seconds)

    def delay(self, seconds):
        """Let the disk take so long for every file that is opened for writing, synced or renamed."""
        self._wish[1] = round(1e6 * seconds)
