"""A papermill engine that runs a notebook in the process that it is in.

A kernel of its own costs a notebook two seconds: half for the process and its sockets, half for
importing what every notebook imports.  `execute` calls this engine in a fresh fork of a process that
has imported all of it already, so that notebooks stay as separate as in kernels of their own.  The
kernel is ipykernel's own, and so are its outputs.
"""

# ruff: noqa: E402 - the debugger, which takes half a second to import, is kept out first
from __future__ import annotations

import json
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

sys.modules["debugpy"] = cast("Any", None)
import ipykernel.debugger  # noqa: F401

del sys.modules["debugpy"]
from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.iostream import OutStream
from nbclient.exceptions import CellExecutionComplete
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets import default
from traitlets.config import Config

NAME = "in-process"
LANGUAGE = "python"
HISTORY = Config(HistoryManager={"hist_file": ":memory:"})


class _Kernel(InProcessKernel):
    """ipykernel's kernel within a process, which also sees what child processes print."""

    async def do_execute(self, *given: object, **named: object) -> object:
        """Execute a cell; for one that awaits, ipykernel asks which thread it is on."""
        self.shell_channel_thread = SimpleNamespace(parent_thread=None)
        try:
            return await super().do_execute(*given, **named)  # type: ignore[no-untyped-call]
        finally:
            self.shell_channel_thread = None

    @default("stdout")
    def _default_stdout(self) -> OutStream:
        return self._stream("stdout")

    @default("stderr")
    def _default_stderr(self) -> OutStream:
        return self._stream("stderr")

    def _stream(self, name: str) -> OutStream:
        return OutStream(self.session, self.iopub_thread, name)  # type: ignore[no-untyped-call]


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, which hands each cell to a kernel in this process and waits for nothing."""

    kc: Any

    def execute(self, **_: object) -> Any:  # noqa: ANN401 - a NotebookNode
        self.reset_execution_trackers()
        kernel = cast("Any", _Kernel)(config=HISTORY)
        self.kc = BlockingInProcessKernelClient(kernel=kernel, session=kernel.session)
        self.kc.start_channels()
        self.kc.allow_stdin = False
        with (
            closing(kernel.stdout) as out,
            closing(kernel.stderr) as err,
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            self.papermill_execute_cells()
        self.kc.kernel_info()
        self.nb.metadata["language_info"] = self.kc.get_shell_msg()["content"]["language_info"]
        return self.nb

    def execute_cell(self, cell: Any, index: int) -> Any:  # noqa: ANN401
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        self._keep()
        cell.metadata["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        sent = self.kc.execute(cell.source)
        reply = self.kc.get_shell_msg()
        try:
            while True:
                message = self.kc.get_iopub_msg()
                if message["parent_header"].get("msg_id") == sent:
                    self.process_message(message, cell, index)
        except CellExecutionComplete:
            run_sync(self._check_raise_for_error)(cell, index, reply)
        return cell

    def _keep(self) -> None:
        """Write the notebook as it is: the next cell may end this process."""
        out = Path(self.nb.metadata.papermill["output_path"])
        out.write_text(json.dumps(self.nb), encoding="utf-8")


class InProcess(Engine):  # type: ignore[misc]
    """Run a Python notebook here; what it leaves behind in the process stays in it."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: object
    ) -> None:
        """Execute the cells; raises ValueError for a notebook of another language."""
        language = cls.nb_language(nb_man.nb)
        if language != LANGUAGE:
            raise ValueError(f"needs a kernel of its own for {language}: '--engine stock'")
        _Client(nb_man, kernel_name=kernel_name).execute()


papermill_engines.register(NAME, InProcess)
