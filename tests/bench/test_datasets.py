from bench.datasets import DATASETS

ROTATION = "transforms.geometric:Rotation"


def test_six_and_nine_are_ambiguous_beyond_a_right_angle_only():
    digits = DATASETS["mnist10k"]
    assert digits.ambiguous_labels(ROTATION, 90.0) == ()
    assert digits.ambiguous_labels(ROTATION, 105.0) == (6, 9)
    assert digits.ambiguous_labels(ROTATION, -105.0) == (6, 9)
    assert digits.ambiguous_labels("transforms.geometric:Scaling", 180.0) == ()


def test_clothes_are_never_ambiguous():
    assert DATASETS["fashion-mnist"].ambiguous_labels(ROTATION, 180.0) == ()


def test_every_dataset_has_ten_classes_with_a_name_each():
    assert {len(set(dataset.classes)) for dataset in DATASETS.values()} == {10}
