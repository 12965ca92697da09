"""What can go wrong, each with the exit code that the command line ends with."""


class BenchError(Exception):
    """One line that says what is wrong, where, and what to do; `see` names what can be listed to choose from."""

    exit_code = 1

    def __init__(self, message: str, see: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.see = see

    def __str__(self) -> str:
        """Return the line as users of Python read it."""
        return f"{self.message}; see runbench.list_{self.see}()" if self.see else self.message


class UsageError(BenchError):
    """An argument that is refused before work starts."""

    exit_code = 2


class ConflictError(BenchError):
    """A run folder that is in use or holds another configuration."""

    exit_code = 4


class UnusableEnvironmentError(BenchError):
    """A disk, data, device or plug-in that is not as it must be."""

    exit_code = 5


class RegistrationError(ValueError):
    """The reason why a model, suite, dataset, metric or figure cannot be registered."""


class DamagedFileError(ValueError):
    """A stored file that is not what was written."""


class ModelFaultError(Exception):
    """A model that does not do what every model must."""


class DivergedError(Exception):
    """A training loss that is no longer a finite number."""


def in_a_line(error: Exception, most: int = 200) -> str:
    """Return what kind of error it is and what it says, on one line; of what it says, `most` characters."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:most]}"
