"""Films hold every picture and every sample, and what was written can be played whatever happens."""

import resource
import signal
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from installation.errors import StorageError
from installation.output.recorder import record

SIZE = (64, 48)


def pictures(count):
    """Noise, as it fills a disk fast; the first column tells the picture's number."""
    rng = np.random.default_rng(0)
    for number in range(count):
        pixels = rng.integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        pixels[:, :16] = number * 8 % 256
        yield pixels


def sound(samples, channels=2):
    return np.random.default_rng(1).uniform(-0.5, 0.5, (channels, samples)).astype(np.float32)


def film(path, count=20, rate=25, channels=2):
    samples = sound(count * 48_000 // rate, channels)
    with record(path, SIZE, rate, channels) as recorder:
        for picture, block in zip(pictures(count), np.array_split(samples, count, axis=1), strict=True):
            recorder.picture(picture)
            recorder.sound(block)
    assert (recorder.pictures, recorder.samples) == (count, samples.shape[1])
    return samples


def played(path):
    """All pictures [frames, height, width, 3] and all samples [channels, samples] of a film."""
    with av.open(str(path)) as file:
        seen = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    with av.open(str(path)) as file:
        heard = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.array(seen), heard


@pytest.fixture
def full_disk():
    """A disk on which files may grow to so many bytes only."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("rate", [24, 25, 30, 60, Fraction(30_000, 1001)])
def test_an_mp4_has_every_picture_and_as_much_sound(tmp_path, rate):
    path, samples = tmp_path / "film.mp4", 48_000
    with record(path, SIZE, rate, 2) as recorder:
        for picture in pictures(20):
            recorder.picture(picture)
        recorder.sound(sound(samples))
    seen, heard = played(path)
    assert len(seen) == 20
    assert 0 <= sum(block.shape[1] for block in heard) - samples < 1024  # AAC comes in blocks of 1024
    with av.open(str(path)) as file:
        assert file.streams.video[0].average_rate == rate
        assert file.streams.video[0].start_time == 0
        assert float(file.duration / av.time_base) == pytest.approx(1.0, abs=0.02)


def test_a_mov_has_every_sample_to_the_bit(tmp_path):
    samples = film(tmp_path / "film.mov")
    seen, heard = played(tmp_path / "film.mov")
    assert len(seen) == 20
    back = np.concatenate(heard, axis=1).reshape(-1, 2).T  # 24 bits in 32
    assert back.shape == samples.shape
    np.testing.assert_allclose(back / 2**31, samples, atol=1.01 / 2**23)


def test_colours_come_back(tmp_path):
    for name in ("film.mp4", "film.mov"):
        with record(tmp_path / name, SIZE, 25) as recorder:
            for _ in range(3):
                recorder.picture(np.full((SIZE[1], SIZE[0], 3), (20, 60, 200), np.uint8))
            recorder.sound(sound(5760, 1))
        with av.open(str(tmp_path / name)) as file:
            frame = next(file.decode(video=0))
            assert file.streams.video[0].codec_context.colorspace == 1  # BT.709
        middle = frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray()[24, 32]
        np.testing.assert_allclose(middle.astype(int), (20, 60, 200), atol=4)


def test_a_folder_has_numbered_pictures_and_a_sound_file_for_each_loudspeaker(tmp_path):
    samples = film(tmp_path / "Body", count=3, channels=6)
    names = sorted(path.name for path in (tmp_path / "Body").iterdir())
    loudspeakers = ("L", "R", "C", "LFE", "Ls", "Rs")
    assert names == [f"Body_00000{n}.png" for n in (1, 2, 3)] + [f"Body_{name}.wav" for name in sorted(loudspeakers)]
    for name, channel in zip(loudspeakers, samples, strict=True):
        back, rate = soundfile.read(tmp_path / "Body" / f"Body_{name}.wav")
        assert rate == 48_000
        np.testing.assert_allclose(back, channel, atol=1.01 / 2**23)
    for number, picture in enumerate(pictures(3), start=1):
        with Image.open(tmp_path / "Body" / f"Body_{number:06}.png") as image:
            np.testing.assert_array_equal(np.asarray(image), picture)


def test_a_part_of_a_film_keeps_its_numbers(tmp_path):
    with record(tmp_path / "Part", SIZE, 25, first=100) as recorder:
        recorder.picture(next(pictures(1)))
    assert (tmp_path / "Part" / "Part_000100.png").exists()


@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "Folder"])
def test_ctrl_c_leaves_a_playable_film(tmp_path, name):
    def interrupted():
        with record(tmp_path / name, SIZE, 25, 2) as recorder:
            for number, picture in enumerate(pictures(20)):
                if number == 12:
                    raise KeyboardInterrupt
                recorder.picture(picture)
                recorder.sound(sound(1920))

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    if name == "Folder":
        assert len(list((tmp_path / name).glob("*.png"))) == 12
        assert soundfile.info(tmp_path / name / "Folder_L.wav").frames == 12 * 1920
    else:
        seen, heard = played(tmp_path / name)
        assert len(seen) == 12
        assert sum(block.size for block in heard) >= 12 * 1920


@pytest.mark.parametrize(("name", "most"), [("film.mp4", 300_000), ("film.mov", 1_500_000)])
def test_a_full_disk_leaves_what_was_written(tmp_path, full_disk, name, most):
    path = tmp_path / name
    full_disk(most)
    with pytest.raises(StorageError, match=rf"{name} cannot be written any further.*can be played. Free some space"):
        film(path, count=300)
    with av.open(str(path)) as file:
        frames = 0
        try:
            for _ in file.decode(video=0):
                frames += 1
        except av.error.FFmpegError:
            pass  # the picture in which the disk was full
    assert frames >= 20


def test_a_full_disk_leaves_whole_pictures(tmp_path, full_disk):
    full_disk(60_000)  # a picture fits, the sound does not for long
    with pytest.raises(StorageError, match="Folder cannot be written any further"):
        film(tmp_path / "Folder", count=100)
    assert not list((tmp_path / "Folder").glob("*.part"))
    for path in (tmp_path / "Folder").glob("*.png"):
        with Image.open(path) as image:
            image.load()
    assert soundfile.info(tmp_path / "Folder" / "Folder_L.wav").frames > 10_000


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("film.avi", SIZE, r"\.mp4, \.mov or a folder.*'film.avi'"),
        ("film.mp4", (65, 48), "even width and height, not 65 x 48"),
        ("file/film.mp4", SIZE, "film.mp4 cannot be written"),
        ("file/Folder", SIZE, "Folder cannot be written"),
    ],
)
def test_what_cannot_be_a_film_is_told_before_it_begins(tmp_path, name, size, words):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=words):
        record(tmp_path / name, size, 25)
