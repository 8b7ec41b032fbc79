"""The network keeps its promises for any weights: shapes, shares that sum to 1, silhouettes of their own."""

import pytest
import torch

from LayerSeparationLib.inference.blocks import fuse_normalisation
from LayerSeparationLib.separation.network import LayerSeparationNetwork


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(3)
    network = LayerSeparationNetwork()
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 1.5)
    return network.eval()


@pytest.mark.parametrize("shape", [(1, 1, 256, 256), (3, 1, 64, 96)])
def test_shapes_and_sums(network, shape):
    with torch.inference_mode():
        logits, shares = network(torch.rand(shape, generator=torch.Generator().manual_seed(1)))
    assert logits.shape == (shape[0], 2, *shape[2:])
    assert shares.shape == (shape[0], 3, *shape[2:])
    assert torch.allclose(shares.sum(dim=1), torch.ones(()), atol=1e-5)
    assert float(shares.min()) >= 0


def test_folding_the_normalisation_changes_nothing(network):
    image = torch.rand((1, 1, 64, 64), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        before = network(image)
    import copy

    fused = copy.deepcopy(network)
    fuse_normalisation(fused)
    assert not [m for m in fused.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    with torch.inference_mode():
        after = fused(image)
    assert torch.allclose(before.shares, after.shares, atol=1e-4)
    assert torch.allclose(before.silhouette_logits, after.silhouette_logits, atol=1e-3)


def test_size(network):
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert parameters * 2 <= 12e6  # bytes as float16
