"""How Numba compiles the engine: to the machine code it would make anyway, without work that nobody uses.

A whole class may be waiting for a kernel. This takes a tenth off the time.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from numba import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import PassManager
from numba.core.typed_passes import NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes
from numba.extending import intrinsic, register_jitable


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
