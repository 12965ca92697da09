"""What models store of their inside: read as far as it is whole, and worked out as it should be."""

from itertools import combinations

import numpy as np
import pytest
import scipy.linalg
import torch

from fixtures.shown import capsule_arrays, glyph, transformer_arrays, turning
from fixtures.suites import COVER, TURN
from runbench.metrics.features.angles import circular_correlations, recovered_angles, turned_angles
from runbench.report.figures.transformers.recovered import recovered_by_level
from runbench.store.introspection import Introspection, introspection_of
from runbench.transforms.geometric import Rotation

SIZES = {"S": 4, "L": 4, "k": 1}
STORED = transformer_arrays(TURN, 4) | capsule_arrays(TURN, 4)


def test_what_is_stored_is_read():
    shown, faults = introspection_of(STORED, SIZES)
    assert faults == ()
    assert shown.transforms
    assert shown.has_capsules
    assert shown.learning.watched is STORED["watched"]
    assert shown.dimensions.dimension_steps[0] == -0.25
    assert shown.probabilities is None
    assert shown.absent is None
    assert shown.lattice is None


def test_nothing_stored_is_an_empty_introspection():
    shown, faults = introspection_of({"predicted": np.zeros((4, 4))}, SIZES)
    assert (shown, faults) == (Introspection(), ())
    assert not shown.transforms
    assert not shown.has_capsules


def test_a_group_that_holds_nothing_is_absent():
    arrays = {name: STORED[name][:0] for name in ("dimensions", "dimension_labels")}
    shown, faults = introspection_of(arrays | {"dimension_steps": STORED["dimension_steps"]}, SIZES)
    assert (shown.dimensions, faults) == (None, ())


@pytest.mark.parametrize(
    ("name", "array", "group", "fault"),
    [
        ("theta", np.zeros((5, 4, 2, 3)), "theta", "theta is 5x4x2x3, where 3 should be 3"),
        ("theta", np.zeros((5, 9, 3, 3)), "theta", "theta is 5x9x3x3, where L should be 4"),
        ("theta", np.zeros((5, 3, 3)), "theta", "theta has 3 dimensions, not 4"),
        ("attended", np.zeros((4, 4, 1, 8, 8)), "attended", "attended holds float64"),
        ("attended", np.zeros((4, 4, 1, 8, 8), np.uint16), "attended", "attended holds uint16"),
        ("theta_epochs", np.arange(3), "learning", "theta_by_epoch is 6x8x3x3, where E should be 3"),
        (
            "reconstruction_labels",
            np.zeros((14, 2), int),
            "reconstructions",
            "reconstruction_labels is 14x2, where k should be 1",
        ),
        ("dimension_steps", np.array(["a"] * 11), "dimensions", "dimension_steps holds <U1"),
    ],
)
def test_a_damaged_array_costs_its_group_alone(name, array, group, fault):
    shown, faults = introspection_of(STORED | {name: array}, SIZES)
    whole, _ = introspection_of(STORED, SIZES)
    assert faults == (fault,)
    assert [key for key in vars(whole) if getattr(whole, key) and not getattr(shown, key)] == [group]


def test_part_of_a_group_is_named():
    arrays = {name: array for name, array in STORED.items() if name != "watched"}
    shown, faults = introspection_of(arrays, SIZES)
    assert shown.learning is None
    assert faults == ("watched is not there",)


def test_drawings_of_absent_digits_belong_to_the_images():
    pairs = capsule_arrays(COVER, 4)
    sizes = {"S": 4, "L": 3, "k": 2}
    assert introspection_of(pairs, sizes)[0].absent is not None
    fewer = {name: pairs[name][:5] for name in ("reconstruction_absent", "reconstruction_absent_class")}
    shown, faults = introspection_of(pairs | fewer, sizes)
    assert shown.absent is None
    assert faults == ("reconstruction_absent is 5x1x20x20, where R should be 14",)


@pytest.mark.parametrize("degrees", [-150.0, -40.0, 0.0, 75.0, 180.0])
def test_the_angle_that_a_transformer_undoes_is_the_one_applied(degrees):
    """Turn an image as the bench does, sample it with theta as a transformer does: the image comes back."""
    upright = torch.from_numpy(glyph(40).astype(np.float32))[None] / 255
    upright = torch.nn.functional.avg_pool2d(upright, 3, 1, 1)
    turn = Rotation(degrees)
    turned = turn(upright, turn.sample_parameters(1, torch.Generator()))
    theta = turning([degrees])
    grid = torch.nn.functional.affine_grid(torch.from_numpy(theta[:, :2]), [1, 1, 40, 40], align_corners=False)
    back = torch.nn.functional.grid_sample(turned, grid, align_corners=False)
    assert (back - upright).abs().max() < 0.25
    if abs(degrees) > 1:
        assert (turned - upright).abs().max() > 0.8
    assert np.cos(np.radians(turned_angles(theta) - degrees)) == pytest.approx(1)


def test_the_angle_of_a_matrix_is_that_of_its_nearest_rotation():
    linear = np.random.default_rng(1).normal(size=(50, 2, 2))
    linear = linear[np.linalg.det(linear) > 0]
    theta = np.tile(np.eye(3), (len(linear), 1, 1))
    theta[:, :2, :2] = linear
    theta[:, :2, 2] = 0.3
    rotations = [scipy.linalg.polar(matrix)[0] for matrix in linear]
    expected = [np.degrees(np.arctan2(rotation[0, 1], rotation[0, 0])) for rotation in rotations]
    assert turned_angles(theta) == pytest.approx(expected)
    assert turned_angles(theta * 2.5) == pytest.approx(expected)


def test_the_angle_of_a_projective_matrix_is_taken_at_its_centre():
    theta = turning(35.0).astype(float)
    theta[:2, 2], theta[2, :2] = (0.2, -0.1), (0.15, 0.3)

    def at(x, y):
        mapped = theta @ (x, y, 1)
        return mapped[:2] / mapped[2]

    step = 1e-6
    slopes = np.stack([at(step, 0) - at(-step, 0), at(0, step) - at(0, -step)], axis=1) / (2 * step)
    rotation = scipy.linalg.polar(slopes)[0]
    assert turned_angles(theta) == pytest.approx(np.degrees(np.arctan2(rotation[0, 1], rotation[0, 0])), abs=1e-4)


def test_recovered_angles_start_at_the_identity_and_leave_out_what_is_not_finite():
    levels = np.array([-90.0, 0.0, 90.0, 180.0])
    theta = turning(levels + np.array([[50.0], [170.0], [0.0]]))
    theta[2, 1] = np.nan
    recovered = recovered_angles(theta, levels, 0.0)
    assert np.cos(np.radians(recovered - levels)) == pytest.approx(np.ones((2, 4)))
    assert recovered[:, 1] == pytest.approx(0)


def test_recovered_angles_by_level_follow_on():
    levels = np.linspace(-165, 180, 24)
    angles = np.stack([1.5 * levels + spread for spread in (-20, 0, 20)])
    wrapped = (angles + 180) % 360 - 180
    table = recovered_by_level({"stn": wrapped}, levels, 0.0)
    assert table["value"].tolist() == pytest.approx((1.5 * levels).tolist())
    assert (table["high"] - table["value"]).tolist() == pytest.approx([10.0] * 24)
    assert (table["value"] - table["low"]).tolist() == pytest.approx([10.0] * 24)
    assert set(table["count"]) == {3}


def test_circular_correlation_is_the_sum_over_pairs():
    generator = np.random.default_rng(2)
    x = generator.uniform(-180, 180, 30)
    y = x + generator.normal(0, 50, 30)
    sines = [
        (np.sin(np.radians(x[i] - x[j])), np.sin(np.radians(y[i] - y[j]))) for i, j in combinations(range(30), 2)
    ]
    first, second = np.array(sines).T
    expected = (first * second).sum() / np.sqrt((first**2).sum() * (second**2).sum())
    alike = np.ones((1, 30))
    angles = x[:, None]
    assert circular_correlations(angles, y[:, None], alike) == pytest.approx(expected)
    assert circular_correlations(angles, angles + 70, alike) == pytest.approx(1)
    assert circular_correlations(angles, 20 - angles, alike) == pytest.approx(-1)
    assert np.isnan(circular_correlations(angles, np.full((30, 1), 8.0), alike))
