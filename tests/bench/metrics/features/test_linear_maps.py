"""Ridge regression from sums of products, against scikit-learn on the rows themselves."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from runbench.metrics.features import linear_maps
from runbench.metrics.features.linear_maps import FOLDS, PENALTIES, Gram, held_out_r2, identity_r2, project
from runbench.statistics import bootstrap_weights

BLOCKS = 15


@pytest.fixture
def rows():
    """Return inputs (n, 12), outputs (n, 3) and blocks (n,) of a linear relation with noise."""
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(12, 12)) * np.linspace(0.1, 3, 12)
    inputs = rng.normal(size=(240, 12)) @ mixing + 5
    outputs = inputs @ rng.normal(size=(12, 3)) + rng.normal(size=(240, 3)) * 12 - 2
    return SimpleNamespace(inputs=inputs, outputs=outputs, blocks=rng.permutation(np.arange(240) % BLOCKS))


@pytest.fixture
def one_penalty(monkeypatch):
    """Let the ridge have no choice, and return its penalty."""

    def only(penalty):
        monkeypatch.setattr(linear_maps, "PENALTIES", np.array([penalty]))
        return penalty

    return only


def gram_of(inputs, outputs, blocks, batch=64):
    gram = Gram(BLOCKS, inputs.shape[1], outputs.shape[1])
    for part in torch.arange(len(inputs)).split(batch):
        gram.add(*(torch.as_tensor(np.asarray(values))[part] for values in (blocks, inputs, outputs)))
    return gram


def gram(rows, **others):
    return gram_of(rows.inputs, rows.outputs, rows.blocks, **others)


def squares_by_hand(rows, fit):
    """Return each block's squared errors and squared distances from the mean, where the other folds fit."""
    errors, totals = np.zeros(BLOCKS), np.zeros(BLOCKS)
    for fold in range(FOLDS):
        held = rows.blocks % FOLDS == fold
        predicted = fit(rows.inputs[~held], rows.outputs[~held])(rows.inputs[held])
        wrong = ((rows.outputs[held] - predicted) ** 2).sum(axis=1)
        apart = ((rows.outputs[held] - rows.outputs[~held].mean(axis=0)) ** 2).sum(axis=1)
        np.add.at(errors, rows.blocks[held], wrong)
        np.add.at(totals, rows.blocks[held], apart)
    return errors, totals


def r2_by_hand(rows, fit):
    errors, totals = squares_by_hand(rows, fit)
    return 1 - errors.sum() / totals.sum()


def ridge(penalty, *before):
    def fit(inputs, outputs):
        return (
            make_pipeline(*before, StandardScaler(), Ridge(alpha=penalty * len(inputs)))
            .fit(inputs, outputs)
            .predict
        )

    return fit


@pytest.mark.parametrize("penalty", [1e-4, 0.03, 1.0, 30.0])
def test_the_share_explained_is_that_of_scikit_learns_ridge(rows, one_penalty, penalty):
    expected = r2_by_hand(rows, ridge(one_penalty(penalty)))
    assert held_out_r2(gram(rows))[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("width", [1, 4, 11])
def test_principal_components_are_cut_before_as_scikit_learn_cuts_them(rows, one_penalty, width):
    fit = ridge(one_penalty(0.03), PCA(width))
    assert held_out_r2(gram(rows), width=width)[0] == pytest.approx(r2_by_hand(rows, fit), abs=1e-9)


@pytest.mark.parametrize("width", [12, 100])
def test_inputs_that_are_not_wider_are_not_cut(rows, width):
    assert np.array_equal(held_out_r2(gram(rows), width=width), held_out_r2(gram(rows)))


def test_resamples_are_of_whole_blocks_with_the_maps_as_they_are(rows, one_penalty):
    resamples = held_out_r2(gram(rows))
    assert resamples.shape == (1001,)
    one_penalty(0.03)
    errors, totals = squares_by_hand(rows, ridge(0.03))
    expected = [1 - (times @ errors) / (times @ totals) for times in bootstrap_weights(BLOCKS)[:50]]
    assert held_out_r2(gram(rows))[:50] == pytest.approx(expected, abs=1e-6)
    assert resamples[1:].std() > 0


def penalty_of_cross_validation(inputs, outputs):
    """Return the penalty for which generalised cross-validation, with the hat matrix itself, gives the least."""
    x, y = StandardScaler().fit_transform(inputs), outputs - outputs.mean(axis=0)
    count, criteria = len(x), []
    for penalty in PENALTIES:
        hat = x @ np.linalg.solve(x.T @ x + penalty * count * np.eye(x.shape[1]), x.T)
        residual = y - hat @ y
        criteria.append((residual**2).sum() / count / (1 - np.trace(hat) / count) ** 2)
    return PENALTIES[int(np.argmin(criteria))]


def test_the_penalty_is_the_one_that_generalised_cross_validation_likes_best(rows):
    def fit(inputs, outputs):
        return ridge(penalty_of_cross_validation(inputs, outputs))(inputs, outputs)

    assert held_out_r2(gram(rows))[0] == pytest.approx(r2_by_hand(rows, fit), abs=1e-9)


def test_noise_is_damped_more_than_a_clear_relation(rows):
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(240, 3))
    clear = rows.inputs @ rng.normal(size=(12, 3))
    assert penalty_of_cross_validation(rows.inputs, noise) > penalty_of_cross_validation(rows.inputs, clear)
    assert held_out_r2(gram_of(rows.inputs, clear, rows.blocks))[0] > 0.999
    assert -0.05 < held_out_r2(gram_of(rows.inputs, noise, rows.blocks))[0] < 0.05


def test_the_identity_explains_what_it_does_not_miss(rows):
    outputs = rows.inputs + np.random.default_rng(1).normal(size=rows.inputs.shape)
    moved = SimpleNamespace(inputs=rows.inputs, outputs=outputs, blocks=rows.blocks)
    errors, totals = squares_by_hand(moved, lambda inputs, outputs: lambda held: held)
    found = identity_r2(gram(moved))
    assert found[0] == pytest.approx(1 - errors.sum() / totals.sum(), abs=1e-9)
    expected = [1 - (times @ errors) / (times @ totals) for times in bootstrap_weights(BLOCKS)[:50]]
    assert found[:50] == pytest.approx(expected, abs=1e-6)


def test_what_does_not_move_is_explained_by_the_identity():
    inputs = torch.randn(150, 6, generator=torch.Generator().manual_seed(0))
    still = gram_of(inputs, inputs, torch.arange(150) % BLOCKS)
    assert identity_r2(still)[0] == pytest.approx(1, abs=1e-12)
    assert held_out_r2(still)[0] == pytest.approx(1, abs=1e-6)


def test_a_turn_of_the_features_is_a_linear_map_but_not_the_identity():
    inputs = torch.randn(150, 6, generator=torch.Generator().manual_seed(0))
    turn = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(1)))[0]
    turned = gram_of(inputs, inputs @ turn + 3, torch.arange(150) % BLOCKS)
    assert held_out_r2(turned)[0] == pytest.approx(1, abs=1e-6)
    assert identity_r2(turned)[0] < 0


@pytest.mark.parametrize("batch", [1, 7, 240])
def test_sums_are_the_same_in_whatever_batches_they_come(rows, batch):
    expected = gram(rows)
    found = gram(rows, batch=batch)
    for sums in ("xx", "xy", "yy"):
        assert np.allclose(getattr(found, sums), getattr(expected, sums), rtol=1e-12)
    block = rows.blocks == 4
    wide = np.column_stack((rows.inputs[block], np.ones(block.sum())))
    assert np.allclose(found.xx[4], wide.T @ wide)
    assert np.allclose(found.xy[4], wide.T @ rows.outputs[block])
    assert np.allclose(found.yy[4], (rows.outputs[block] ** 2).sum(axis=0))


@pytest.mark.parametrize("factor", [1e-9, 1e-2, 1e4])
def test_the_units_of_inputs_and_outputs_do_not_matter(rows, factor):
    expected = held_out_r2(gram(rows))
    inputs = held_out_r2(gram_of(rows.inputs * factor, rows.outputs, rows.blocks))
    outputs = held_out_r2(gram_of(rows.inputs, rows.outputs * factor, rows.blocks))
    assert inputs == pytest.approx(expected, abs=1e-6)
    assert outputs == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.1, 123.456, -77777.7])
def test_outputs_that_do_not_vary_have_no_share(rows, value):
    constant = gram_of(rows.inputs, np.full((240, 12), value, dtype=np.float32), rows.blocks)
    assert np.isnan(held_out_r2(constant)).all()
    assert np.isnan(identity_r2(constant)).all()


def test_outputs_that_vary_by_rounding_alone_have_no_share(rows):
    noise = 1 + 1e-7 * np.random.default_rng(4).normal(size=(240, 12))
    assert np.isnan(held_out_r2(gram_of(rows.inputs, 42.0 * noise, rows.blocks))).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 123.456])
@pytest.mark.parametrize("width", [None, 2])
def test_inputs_that_do_not_vary_explain_nothing(rows, value, width):
    constant = gram_of(np.full((240, 5), value, dtype=np.float32), rows.outputs, rows.blocks)
    explained = held_out_r2(constant, width=width)
    assert explained[0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.3, 123456.789])
def test_a_dead_input_changes_nothing(rows, one_penalty, value):
    one_penalty(0.03)
    wider = np.column_stack((rows.inputs, np.full(240, value, dtype=np.float32)))
    expected = held_out_r2(gram(rows))
    assert held_out_r2(gram_of(wider, rows.outputs, rows.blocks)) == pytest.approx(expected, abs=1e-9)


def test_more_inputs_than_images_are_no_obstacle():
    rng = np.random.default_rng(3)
    inputs, blocks = rng.normal(size=(60, 200)), np.arange(60) % BLOCKS
    explained = held_out_r2(gram_of(inputs, inputs[:, :2] * 10, blocks))
    assert np.isfinite(explained).all()
    assert -0.5 < explained[0] < 1


def test_narrow_features_are_left_as_they_are():
    features = torch.randn(4, 8)
    assert project(features, 8) is features


def test_wide_features_are_seen_along_orthogonal_directions():
    directions = project(torch.eye(300), 16)
    assert torch.allclose(directions.T @ directions, torch.eye(16), atol=1e-5)
    features = torch.randn(5, 300, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(project(features, 16), features @ directions, atol=1e-5)
    assert torch.equal(project(features, 16), project(features, 16))


@pytest.mark.parametrize("which", ["inputs", "outputs"])
def test_numbers_that_are_not_finite_have_no_share(rows, which):
    getattr(rows, which)[100, 1] = np.nan
    assert np.isnan(held_out_r2(gram(rows))).all()
    assert np.isnan(held_out_r2(gram(rows), width=3)).all()
