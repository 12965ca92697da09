from runbench.experiment import Cell
from runbench.models.registry import get_model
from runbench.store import schemas
from runbench.suites import SUITES


def test_a_cell_says_where_it_is_stored_and_which_rows_are_its_own():
    cell = Cell(SUITES["overlap"], get_model("capsnet-augmented"), 3)
    assert cell.address == "overlap/capsnet-augmented-seed3"
    assert cell.columns == {
        "suite": "overlap",
        "task": "label-set",
        "model": "capsnet-augmented",
        "architecture": "capsnet",
        "regime": "augmented",
        "seed": 3,
    }
    assert tuple(cell.columns) == schemas.CELL_COLUMNS
