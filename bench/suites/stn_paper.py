"""The distorted sets of the spatial transformers' paper."""

from types import MappingProxyType

from runbench.suites.suite import Suite

STN_NOTE = (
    "A set after Jaderberg et al. 2015: augmented models are trained and tested on it, as there; clean models "
    "saw undistorted digits on the same canvas."
)

STN_PAPER: tuple[Suite, ...] = (
    Suite(
        name="stn-r",
        question="Rotated digits: R",
        axis="",
        unit="times",
        transform="runbench.transforms.geometric:RandomAffine",
        options=MappingProxyType({"rotation": 90.0}),
        levels=(1.0,),
        identity=0.0,
        training_range=(1.0, 1.0),
        canvas=28,
        domain=(0.0, 1.0),
        group="stn-paper",
        note=f"{STN_NOTE} Rotation uniform over -90 to 90 degrees.",
    ),
    Suite(
        name="stn-rts",
        question="Rotated, scaled and shifted digits: RTS",
        axis="",
        unit="times",
        transform="runbench.transforms.geometric:RandomAffine",
        options=MappingProxyType({"rotation": 45.0, "scale": (0.7, 1.2), "shift": 7.0}),
        levels=(1.0,),
        identity=0.0,
        training_range=(1.0, 1.0),
        canvas=42,
        domain=(0.0, 1.0),
        group="stn-paper",
        note=f"{STN_NOTE} Rotation over -45 to 45 degrees, scale over 0.7 to 1.2, at a random place.",
    ),
    Suite(
        name="stn-p",
        question="Projectively distorted digits: P",
        axis="",
        unit="times",
        transform="runbench.transforms.geometric:RandomProjective",
        options=MappingProxyType({"corners": 5 / 28, "scale": (0.75, 1.0)}),
        levels=(1.0,),
        identity=0.0,
        training_range=(1.0, 1.0),
        canvas=28,
        domain=(0.0, 1.0),
        group="stn-paper",
        note=f"{STN_NOTE} Scale over 0.75 to 1, corners moved by a normal distribution of 5 px; the few "
        "images that would fold over are moved half as far.",
    ),
    Suite(
        name="stn-e",
        question="Elastically distorted digits: E",
        axis="",
        unit="px",
        transform="runbench.transforms.deformation:ThinPlateNoise",
        levels=(1.5,),
        identity=0.0,
        training_range=(1.5, 1.5),
        canvas=28,
        domain=(0.0, 3.0),
        group="stn-paper",
        note=f"{STN_NOTE} A thin-plate spline through 4x4 points, each moved by a normal distribution of "
        "1.5 px along each axis.",
    ),
    Suite(
        name="stn-tc",
        question="Digits at random places among clutter: TC",
        axis="",
        unit="patches",
        transform="runbench.transforms.clutter:Clutter",
        levels=(6.0,),
        identity=0.0,
        training_range=(6.0, 6.0),
        canvas=60,
        domain=(0.0, 6.0),
        whole=True,
        placement="random",
        objects=7,
        group="stn-paper",
        note=f"{STN_NOTE} At a random place, with six patches of 6x6 px cut from other digits.",
        only_on_black="clutter is pieces of other objects, which need a black ground to lie on",
    ),
)
