"""What labels are is decided over the whole set, said in one line, and never guessed when it matters."""

import numpy as np
import pytest
from scipy import ndimage

from minunet.data.labels import count_classes, instances_from_masks, pieces_per_value, recognise


def map_of(rows):
    return np.array([[int(value) for value in row] for row in rows.split()], np.int32)


TOUCHING = map_of("11200 11220 00033")
SCATTERED = map_of("10201 01020 20102")


def test_touching_instances_are_instances():
    kind, reason = recognise([TOUCHING, map_of("0440 0550")])
    assert kind == "instances"
    assert reason == (
        "labels: instances (5 objects in 2 images; each value is one object). Override with --labels classes|mask."
    )


def test_scattered_values_are_classes():
    kind, reason = recognise([SCATTERED])
    assert kind == "classes"
    assert reason == (
        "labels: classes (values 0, 1, 2 in 1 image; each value is one class). Override with --labels instances|mask."
    )


@pytest.mark.parametrize("values", [(0, 255), (0, 1), (1, 2)])
def test_two_values_are_a_mask_and_the_higher_is_foreground(values):
    maps = [np.array([[values[0], values[1]], [values[1], values[0]]]), np.full((3, 2), values[0])]
    kind, reason = recognise(maps)
    assert kind == "mask"
    assert f"values {values[0]}, {values[1]} in 2 images; foreground is {values[1]}, each connected" in reason
    assert reason.endswith("Override with --labels instances|classes.")


def test_all_maps_decide_together():
    # Alone, the first is a mask; beside the second it holds one instance.
    assert recognise([map_of("0110 0110")])[0] == "mask"
    assert recognise([map_of("0110 0110"), map_of("0110 0220")])[0] == "instances"


def test_a_few_instances_in_pieces_are_still_instances():
    assert recognise([map_of("10100 02200 00030 44000")])[0] == "instances"


def test_pieces_are_counted_for_each_value_apart():
    np.testing.assert_array_equal(pieces_per_value(TOUCHING), [1, 1, 1])
    np.testing.assert_array_equal(pieces_per_value(map_of("101 020 103")), [3, 1, 1])


def test_pieces_agree_with_labelling_value_by_value():
    labels = np.random.default_rng(0).integers(0, 4, (17, 30)).astype(np.int32)
    expected = [ndimage.label(labels == value)[1] for value in (1, 2, 3)]
    np.testing.assert_array_equal(pieces_per_value(labels), expected)


def test_an_instance_of_a_mask_is_a_4_connected_part():
    (instances,) = instances_from_masks([255 * map_of("1100 0010 0011")])
    assert instances.dtype == np.int32
    np.testing.assert_array_equal(instances, map_of("1100 0020 0022"))


def test_a_map_of_one_value_follows_the_others():
    full, empty, mixed = np.full((2, 3), 2), np.full((2, 3), 1), np.array([[1, 2]])
    instances = instances_from_masks([full, empty, mixed])
    np.testing.assert_array_equal(instances[0], np.ones((2, 3)))
    np.testing.assert_array_equal(instances[1], np.zeros((2, 3)))
    np.testing.assert_array_equal(instances[2], [[0, 1]])


def test_instances_taken_as_a_mask_are_joined_where_they_touch():
    (joined,) = instances_from_masks([TOUCHING])
    np.testing.assert_array_equal(joined, TOUCHING > 0)


def test_the_classes_are_counted_to_the_highest_value():
    assert count_classes([SCATTERED, SCATTERED % 2], ["a", "b"]) == 3
    assert count_classes([np.zeros((2, 3), int)], ["a"]) == 2


def test_the_user_may_name_more_classes_than_occur():
    assert count_classes([SCATTERED], ["a"], classes=5) == 5


def test_a_value_beyond_the_classes_names_the_map_the_value_and_the_range():
    with pytest.raises(ValueError, match=r"^b: the labels have the value 3; 3 classes allow 0 to 2$"):
        count_classes([SCATTERED, SCATTERED + 1], ["a", "b"], classes=3)


def test_class_values_with_gaps_are_refused_rather_than_renumbered():
    maps = [np.array([[0, 128], [255, 0]])]
    with pytest.raises(ValueError, match="class labels 0, 128, 255 leave gaps; renumber them 0 to 2"):
        count_classes(maps, ["a"])
    assert count_classes(maps, ["a"], classes=256) == 256


def test_gaps_are_refused_where_they_are_more_than_half():
    assert count_classes([np.array([[0, 1, 5]])], ["a"]) == 6
    with pytest.raises(ValueError, match="class labels 0, 1, 6 leave gaps"):
        count_classes([np.array([[0, 1, 6]])], ["a"])


def test_one_class_missing_is_no_gap_to_refuse():
    assert count_classes([np.array([[0, 1, 3]])], ["a"]) == 4


def test_many_class_values_are_not_all_listed():
    labels = np.random.default_rng(0).integers(0, 9, (20, 30))
    assert "values 0, 1, 2, ..., 8 in 1 image" in recognise([labels])[1]
