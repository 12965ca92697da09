"""The source of a definition without what does not decide what it computes."""

import ast
from typing import final


def normalised(tree: ast.AST) -> str:
    """Return the source of a tree without docstrings, annotations, imports and registrations."""
    return ast.unparse(ast.fix_missing_locations(_Normaliser().visit(tree)))


@final
class _Normaliser(ast.NodeTransformer):
    """A filter that leaves out of a source what does not decide what it computes."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave out docstring, annotations and the decorators that decide nothing."""
        node.returns = None
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                argument.annotation = None
        return self._visit_definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Leave out the docstring and the decorators that decide nothing."""
        return self._visit_definition(node)

    def visit_Module(self, node: ast.Module) -> ast.AST:
        """Leave out the docstring."""
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave out the annotation."""
        return ast.Assign([node.target], node.value or ast.Constant(None))

    def visit_Import(self, node: ast.Import) -> None:
        """Leave it out: what it names counts itself."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Leave it out: what it names counts itself."""

    def _visit_definition(self, node: ast.FunctionDef | ast.ClassDef) -> ast.AST:
        node.decorator_list = [one for one in node.decorator_list if _decides(ast.unparse(one))]
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node


def _decides(decorator: str) -> bool:
    """Say whether a decorator decides anything: neither one that registers does nor one for type checkers."""
    return "register" not in decorator and decorator != "final"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return statements without texts that stand alone."""
    return [
        one
        for one in body
        if not (
            isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
        )
    ]
