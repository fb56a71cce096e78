"""How Numba compiles the engine: to the machine code it would make anyway, without work that nobody uses.

A whole class may be waiting for a kernel. This takes a tenth off the time.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from numba import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import PassManager
from numba.core.errors import NumbaError
from numba.core.typed_passes import NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes
from numba.extending import intrinsic, register_jitable

from core.spec.place import place


class Uncompiled(NumbaError):
    """A kernel is not there yet, and nobody may compile it now."""


class _Here(threading.local):
    """What this thread may do."""

    compiles = True


_here = _Here()


@contextmanager
def ready_made() -> Iterator[None]:
    """This thread takes kernels that are compiled already, and raises Uncompiled for the first that is not."""
    _here.compiles = False
    try:
        yield
    finally:
        _here.compiles = True


@contextmanager
def in_words(asked: tuple[Any, ...]) -> Iterator[None]:
    """What Numba says of a formula, in a sentence: otherwise it would fill two pages. asked: the record, and whatever else.

    Raises TypeError, with the file and the line of the formula where they are known.
    """
    try:
        yield
    except (OSError, Uncompiled):
        raise
    except Exception as fault:
        record = next((found for found in asked if hasattr(found, "name")), None)
        name = getattr(record.name, "en", record.name) if record else "The engine"
        raise TypeError(f"{_where(str(fault), record)}{name} cannot be compiled: {_reason(str(fault))}") from None


def _reason(said: str) -> str:
    """The line that names the fault: the one below the innermost of the compiler's own."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["for no reason that it names"]
    outer = [i for i, line in enumerate(lines) if "Failed in nopython mode" in line]
    return lines[min(outer[-1] + 1, len(lines) - 1) if outer else 0]


def _where(said: str, record: Any) -> str:
    """The last place in the file of a record's formula that the compiler names."""
    formulas = [getattr(record, name, None) for name in ("update", "factor", "value")]
    formula = next((found for found in formulas if found is not None), None)
    if formula is None:
        return ""
    file = formula.__code__.co_filename
    named = re.findall(r'(?:File "|\bat )(\S+?\.py)"?(?:, line | \()(\d+)', said)
    lines = [int(line) for path, line in named if os.path.basename(path) == os.path.basename(file)]
    return f"{place(file, lines[-1] if lines else formula.__code__.co_firstlineno)}: "


class Part(JITCodeLibrary):
    """Code that is only ever called from kernels. It becomes machine code there, and not by itself as well."""

    def finalize(self) -> None:
        """Bring what it calls along, and leave the rest to the kernel."""
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """0: there is no machine code."""
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> Part:
        """Numba hands the environment of a function (Python objects that it needs, to print a number, say) to this."""
        return self

    def set_env(self, name: str, environment: Any) -> None:
        """Wait with that for the kernel: there is no machine code yet that could be told."""


class KernelCompiler(Compiler):
    """Compiles without searching the whole function for array expressions, or for inner functions where there are none."""

    def compile_extra(self, function: Callable[..., Any]) -> Any:
        """Compile a function, and tell its machine code the environments of all its parts.

        Numba does the same with a function that it has loaded from disk.
        """
        if not _here.compiles:
            raise Uncompiled(function.__name__)
        result = super().compile_extra(function)
        result.library.get_pointer_to_function(result.fndesc.llvm_func_name)  # makes the machine code, if there is none
        for environment in result._find_referenced_environments():
            result.library.codegen.set_env(environment.env_name, environment)
        return result

    def define_pipelines(self) -> list[PassManager]:
        """The usual passes but one or two."""
        inner = any(isinstance(constant, CodeType) for constant in self.state.func_id.code.co_consts)
        spared = {NopythonRewrites} if inner else {NopythonRewrites, InlineClosureLikes}
        pipelines: list[PassManager] = super().define_pipelines()
        for pipeline in pipelines:
            pipeline.passes = [entry for entry in pipeline.passes if entry[0] not in spared]
            pipeline.finalize()
        return pipelines


class PartCompiler(KernelCompiler):
    """Compiles a formula, or a step of the run loop, into a `Part`."""

    def __init__(self, typing: Any, target: Any, library: None, *rest: Any) -> None:
        super().__init__(typing, target, Part(target.codegen(), Part.__name__), *rest)


@intrinsic
def seldom(context):  # type: ignore[no-untyped-def]
    """The function that begins with this is not written out where it is called: what is needed once in a while would take
    registers from the loop around it."""

    def build(context, builder, signature, args):  # type: ignore[no-untyped-def]
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), build


# LLVM's own inliner stops after a few calls, and the loop stays scalar.
inline = register_jitable(forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=PartCompiler)
# A part that begins with `seldom`.
outside = register_jitable(
    forceinline=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=PartCompiler
)
