"""What films go through before a network sees them: exposure, windows, coarse pixels, letters, JPEG.

Joints are drawn from few films; these conditions stand for the others. Everything works on batches of
intensities (n, 1, rows, columns), 0..1, and leaves the geometry alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn import functional

from ..radiograph.jpeg_blocks import BLOCK_PX, LUMINANCE_STEPS


@dataclass(frozen=True)
class FilmConditions:
    """How far films stray. Each pair is the range that is drawn from; shares say how many films have it."""

    exposure: tuple[float, float] = (0.6, 1.6)
    """Factor on attenuation."""
    gamma: tuple[float, float] = (0.55, 1.8)
    """Exponent on intensity."""
    windowed: float = 0.35
    """Share of films of which a window cuts off the darkest or brightest part."""
    cut_off: tuple[float, float] = (0.0, 0.12)
    """Fraction of the pixels beyond either end of the window."""
    uneven: float = 0.4
    """Share of films with a gradient over the field (heel effect, scatter, a hand that lies aslant)."""
    slope: float = 0.35
    """Its greatest rise over the crop, as a part of the intensity."""
    covered: float = 0.25
    """Share of films with a letter, a ring, a shutter's edge or a fold of cloth on them."""
    coarse: float = 0.5
    """Share of films of coarser pixels."""
    pixel_px: tuple[float, float] = (1.2, 6.0)
    """Edge of such pixels in canonical ones: 0.1 to 0.5 mm."""
    blur_px: tuple[float, float] = (0.0, 3.2)
    """Standard deviation."""
    noise: tuple[float, float] = (0.0, 0.03)
    """Standard deviation, of the film's contrast (5th to 95th percentile)."""
    compressed: float = 0.35
    """Share of films stored as JPEG."""
    levels: float = 0.25
    """Share of films with few grey values (a flat film stored in 8 bits)."""


def change_films(image: torch.Tensor, conditions: FilmConditions, generator: torch.Generator) -> torch.Tensor:
    """Draw conditions for each image of a batch and apply them: (n, 1, rows, columns) to the same."""
    draw = _Draw(image, generator)
    image = _expose(image, conditions, draw)
    image = torch.where(draw.chance(conditions.uneven), _tilt_brightness(image, conditions, draw), image)
    image = torch.where(draw.chance(conditions.covered), _cover(image, draw), image)
    image = blur(image, draw.uniform(*conditions.blur_px).flatten())
    low, high = _percentiles(image, 0.05, 0.95)
    grain = draw.grain(image.shape)
    image = image + grain * draw.uniform(*conditions.noise) * (high - low)
    image = torch.where(draw.chance(conditions.coarse), _coarsen(image, conditions, draw), image)
    image = torch.where(draw.chance(conditions.windowed), _window(image, conditions, draw), image)
    image = torch.where(draw.chance(conditions.levels), _quantise(image, draw), image)
    compressed = draw.chance(conditions.compressed)
    if compressed.any():
        image = torch.where(compressed, _compress(image, draw), image)
    return image.clamp(0.0, 1.0)


class _Draw:
    """Random numbers for a batch, shaped to be multiplied with its images."""

    def __init__(self, batch: torch.Tensor, generator: torch.Generator) -> None:
        self._n, self._generator, self._device = len(batch), generator, batch.device

    def uniform(self, low: float, high: float) -> torch.Tensor:
        values = torch.rand((self._n, 1, 1, 1), generator=self._generator)
        return (values * (high - low) + low).to(self._device)

    def log_uniform(self, low: float, high: float) -> torch.Tensor:
        return torch.exp(self.uniform(math.log(low), math.log(high)))

    def chance(self, share: float) -> torch.Tensor:
        return self.uniform(0, 1) < share

    def grain(self, shape: torch.Size) -> torch.Tensor:
        """Noise of unit variance, from as fine as the pixels to 2 px coarse."""
        white = torch.randn(shape, generator=self._generator).to(self._device)
        soft = blur(white, self.uniform(0.3, 1.2).flatten())
        return soft / soft.std(dim=(2, 3), keepdim=True).clamp_min(1e-6)


def _expose(image: torch.Tensor, conditions: FilmConditions, draw: _Draw) -> torch.Tensor:
    attenuation = -torch.log1p(-image.clamp(0.0, 0.998)) * draw.log_uniform(*conditions.exposure)
    return (-torch.expm1(-attenuation)).clamp_min(1e-5) ** draw.log_uniform(*conditions.gamma)


def _tilt_brightness(image: torch.Tensor, conditions: FilmConditions, draw: _Draw) -> torch.Tensor:
    rows, columns = image.shape[-2:]
    y = torch.linspace(-0.5, 0.5, rows, device=image.device).reshape(1, 1, -1, 1)
    x = torch.linspace(-0.5, 0.5, columns, device=image.device).reshape(1, 1, 1, -1)
    slope = conditions.slope
    return image * (1 + draw.uniform(-slope, slope) * x + draw.uniform(-slope, slope) * y)


def _cover(image: torch.Tensor, draw: _Draw) -> torch.Tensor:
    """Lay a band with a sharp or a soft edge over the field: shutter, tape, plaster, cloth, a ring."""
    rows, columns = image.shape[-2:]
    y = torch.arange(rows, device=image.device, dtype=torch.float32).reshape(1, 1, -1, 1) - rows / 2
    x = torch.arange(columns, device=image.device, dtype=torch.float32).reshape(1, 1, 1, -1) - columns / 2
    angle = draw.uniform(0, 2 * math.pi)
    along = x * torch.cos(angle) + y * torch.sin(angle)
    nearest = draw.uniform(30, 120)
    width = draw.log_uniform(6, 300)
    edge = draw.log_uniform(0.5, 15)
    band = torch.sigmoid((along - nearest) / edge) * torch.sigmoid((nearest + width - along) / edge)
    opaque = draw.chance(0.5)
    level = torch.where(draw.chance(0.5), torch.zeros_like(width), torch.ones_like(width))
    veil = image + draw.uniform(-0.25, 0.25)
    covered: torch.Tensor = image + band * (torch.where(opaque, level.expand_as(image), veil) - image)
    return covered


def _coarsen(image: torch.Tensor, conditions: FilmConditions, draw: _Draw) -> torch.Tensor:
    """Pixels of one size for the batch, blurred as a detector's are, and brought back by interpolation."""
    factor = float(draw.log_uniform(*conditions.pixel_px)[0])
    rows, columns = image.shape[-2:]
    size = (max(8, round(rows / factor)), max(8, round(columns / factor)))
    small = functional.interpolate(image, size=size, mode="bilinear", antialias=True, align_corners=False)
    return functional.interpolate(small, size=(rows, columns), mode="bicubic", align_corners=False)


def _window(image: torch.Tensor, conditions: FilmConditions, draw: _Draw) -> torch.Tensor:
    share = draw.uniform(*conditions.cut_off).flatten()
    other = draw.uniform(*conditions.cut_off).flatten()
    ordered = image.flatten(1).sort(dim=1).values
    last = ordered.shape[1] - 1
    low = ordered.gather(1, (share * last).long()[:, None]).reshape(-1, 1, 1, 1)
    high = ordered.gather(1, ((1 - other) * last).long()[:, None]).reshape(-1, 1, 1, 1)
    return ((image - low) / (high - low).clamp_min(1e-3)).clamp(0.0, 1.0)


def _quantise(image: torch.Tensor, draw: _Draw) -> torch.Tensor:
    steps = draw.log_uniform(24, 200)
    return torch.round(image * steps) / steps


def _percentiles(image: torch.Tensor, low: float, high: float) -> tuple[torch.Tensor, torch.Tensor]:
    thinned = image[:, :, ::4, ::4].flatten(1).sort(dim=1).values
    last = thinned.shape[1] - 1
    return (
        thinned[:, int(low * last)].reshape(-1, 1, 1, 1),
        thinned[:, int(high * last)].reshape(-1, 1, 1, 1),
    )


def _compress(image: torch.Tensor, draw: _Draw) -> torch.Tensor:
    """Quantise the cosine transform of 8 x 8 blocks as JPEG does, at a quality of 30 to 95."""
    n, _, rows, columns = image.shape
    quality = draw.uniform(30, 95)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    steps = (torch.tensor(LUMINANCE_STEPS, device=image.device) * scale).clamp_min(1.0)  # (n, 1, 8, 8)
    k = torch.arange(BLOCK_PX, device=image.device, dtype=torch.float32)
    cosine = torch.cos((2 * k[None, :] + 1) * k[:, None] * math.pi / (2 * BLOCK_PX)) * math.sqrt(2 / BLOCK_PX)
    cosine[0] /= math.sqrt(2)
    blocks = (
        image.float().reshape(n, rows // BLOCK_PX, BLOCK_PX, columns // BLOCK_PX, BLOCK_PX).transpose(2, 3)
    )
    frequencies = cosine @ (blocks * 255) @ cosine.T
    steps = steps[:, :, None]
    blocks = cosine.T @ (torch.round(frequencies / steps) * steps) @ cosine / 255
    return blocks.transpose(2, 3).reshape(n, 1, rows, columns)


def blur(images: torch.Tensor, sigma_px: torch.Tensor, reach: int = 4) -> torch.Tensor:
    """Gaussian blur with an own width (n,) for each of the n images (n, c, rows, columns).

    The kernel ends ``reach`` pixels from its centre.
    """
    offsets = torch.arange(-reach, reach + 1, dtype=torch.float32, device=images.device)
    kernels = torch.exp(-0.5 * (offsets / sigma_px.clamp_min(0.05)[:, None]) ** 2)
    kernels = kernels / kernels.sum(dim=1, keepdim=True)
    n, channels, rows, columns = images.shape
    weight = kernels.repeat_interleave(channels, dim=0)[:, None]
    flat = functional.pad(images, (reach, reach, reach, reach), mode="replicate").reshape(
        1, n * channels, rows + 2 * reach, columns + 2 * reach
    )
    flat = functional.conv2d(flat, weight[:, :, :, None], groups=n * channels)
    flat = functional.conv2d(flat, weight[:, :, None, :], groups=n * channels)
    return flat.reshape(n, channels, rows, columns)
