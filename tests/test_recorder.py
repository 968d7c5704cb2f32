"""Films hold every picture and every sample, and what was written can be played whatever happens."""

import shutil
import subprocess
from fractions import Fraction

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from installation.errors import PackageError, StorageError
from installation.output.recorder import record

SIZE = (64, 48)
HAP = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="HAP is made by the system's ffmpeg")


def pictures(count):
    """Noise, as it fills a disk fast; the first column tells the picture's number."""
    rng = np.random.default_rng(0)
    for number in range(count):
        pixels = rng.integers(0, 255, (SIZE[1], SIZE[0], 3), dtype=np.uint8)
        pixels[:, :16] = number * 8 % 256
        yield pixels


def sound(samples, channels=2):
    return np.random.default_rng(1).uniform(-0.5, 0.5, (channels, samples)).astype(np.float32)


def film(path, count=20, rate=25, channels=2, codec=""):
    samples = sound(count * 48_000 // rate, channels)
    with record(path, SIZE, rate, channels, codec=codec) as recorder:
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


@pytest.mark.parametrize("rate", [24, 25, 30, 60, 120, Fraction(24_000, 1001), Fraction(60_000, 1001)])
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


@HAP
@pytest.mark.parametrize("codec", ["hap", "hap_q"])
def test_a_hap_film_has_every_picture_and_every_sample(tmp_path, codec):
    rate, samples = Fraction(30_000, 1001), sound(32_032)
    with record(tmp_path / "film.mov", SIZE, rate, 2, codec=codec) as recorder:
        for picture, block in zip(pictures(20), np.array_split(samples, 20, axis=1), strict=True):
            recorder.picture(np.full_like(picture, (20, 60, 200)))
            recorder.sound(block)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mov"]
    asked = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,codec_tag_string,r_frame_rate,nb_frames"]
    told = subprocess.run([*asked, "-of", "csv=p=0", tmp_path / "film.mov"], capture_output=True, text=True, check=True)
    tag = {"hap": "Hap1", "hap_q": "HapY"}[codec]
    assert told.stdout.split() == [f"hap,{tag},30000/1001,20", "pcm_s24le,in24,0/0,32032"]
    back = raw(tmp_path / "film.mov", "-map", "0:a", "-f", "s32le").view(np.int32).reshape(-1, 2).T
    np.testing.assert_allclose(back / 2**31, samples, atol=1.01 / 2**23)
    seen = raw(tmp_path / "film.mov", "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "rgb24")
    np.testing.assert_allclose(seen.reshape(20, -1, 3).mean(axis=(0, 1)), (20, 60, 200), atol=5)


def raw(path, *form):
    """What the system's ffmpeg makes of a film."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, *form, "-"], capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8)


def test_hap_without_an_ffmpeg_that_knows_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackageError, match=r"there is none\. .*apt-get install ffmpeg.*--codec prores"):
        record(tmp_path / "film.mov", SIZE, 25, codec="hap")
    (tmp_path / "ffmpeg").write_text("#!/bin/sh\necho ' V..... libx264 '\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    with pytest.raises(PackageError, match="ffmpeg cannot make any"):
        record(tmp_path / "film.mov", SIZE, 25, codec="hap")


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


def test_the_sounds_of_a_part_never_meet_those_of_another(tmp_path):
    for first in (1, 100):
        with record(tmp_path / "Part", SIZE, 25, first=first, part=True) as recorder:
            recorder.picture(next(pictures(1)))
            recorder.sound(sound(1920, 1))
    names = sorted(path.name for path in (tmp_path / "Part").iterdir())
    assert names == ["Part_000001.png", "Part_000001_C.wav", "Part_000100.png", "Part_000100_C.wav"]


def test_only_a_whole_picture_of_the_same_size_is_there(tmp_path):
    film(tmp_path / "Body", count=3)
    place = tmp_path / "Body" / "Body_000002.png"
    place.write_bytes(place.read_bytes()[:-7])
    (tmp_path / "Body" / "Body_000003.png").write_bytes(b"")
    with record(tmp_path / "Body", SIZE, 25) as again:
        assert [again.there(index) for index in range(4)] == [True, False, False, False]
    with (
        record(tmp_path / "Body", (32, 24), 25) as smaller,
        pytest.raises(StorageError, match="64 x 48 pixels, but 32"),
    ):
        smaller.there(0)


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


@HAP
@pytest.mark.parametrize("heard", [True, False], ids=["sound", "pictures"])
def test_a_full_disk_leaves_what_was_written_of_a_hap_film(tmp_path, full_disk, heard):
    full_disk(200_000)

    def fill():
        with record(tmp_path / "film.mov", SIZE, 25, codec="hap") as recorder:
            for picture in pictures(2_000):
                recorder.picture(picture)
                recorder.sound(sound(1920 if heard else 10, 1))

    with pytest.raises(StorageError, match=r"film\.mov cannot be written any further.*Free some space"):
        fill()
    seen = raw(tmp_path / "film.hap.mov", "-f", "rawvideo", "-pix_fmt", "rgb24")
    assert len(seen) >= 30 * 3 * SIZE[0] * SIZE[1]
    assert soundfile.info(tmp_path / "film.hap.wav").frames > (50_000 if heard else 100)


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
        (
            "film.mp4",
            (65, 48),
            "65 x 48 pixels were asked for film.mp4, but there the width is a multiple of 2.*64 x 48 is near",
        ),
        ("film.mov", (64, 50), "multiple of 4 and the height of 4. 64 x 48 is near"),
        (
            "film.mp4",
            (64, 50),
            r"--codec hap was asked for film\.mp4, but \.mp4 holds h264; .mov holds prores or hap or hap_q",
        ),
        ("Folder", (64, 50), "a folder holds PNG"),
        ("file/film.mp4", SIZE, "film.mp4 cannot be written"),
        ("file/Folder", SIZE, "Folder cannot be written"),
    ],
)
def test_what_cannot_be_a_film_is_told_before_it_begins(tmp_path, name, size, words):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=words):
        record(tmp_path / name, size, 25, codec="hap" if size == (64, 50) else "")
