"""Written by npm run generate from /api/openapi.json."""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict, Union


class _BeginThreadRequest(TypedDict):
    workflow: str


class BeginThreadRequest(_BeginThreadRequest, total=False):
    title: str


class _Citation(TypedDict):
    number: int
    passage: str
    document: str
    quote: str
    quoteStart: int
    quoteEnd: int


class Citation(_Citation, total=False):
    title: str
    source: str
    collection: str
    place: Place
    sentences: List[str]
    linkedBy: List[str]


class ErasedConversationsReply(TypedDict):
    conversations: int
    turns: int


class FeedbackRequest(TypedDict, total=False):
    thumb: Literal["up", "down"]
    rating: int
    score: float
    comment: str
    correction: Any
    model: str
    message: str

LabelLevel = Literal["public", "internal", "confidential", "restricted"]


class _OwnFeedback(TypedDict):
    createdAt: float
    updatedAt: float


class OwnFeedback(_OwnFeedback, total=False):
    thumb: Literal["up", "down"]
    rating: int
    score: float
    comment: str
    correction: Any
    message: str


class OwnFeedbackReply(TypedDict):
    feedback: List[OwnFeedback]


class PageBoxes(TypedDict):
    page: int
    width: float
    height: float
    unit: Literal["pt", "px"]
    lines: List[List[Any]]


class Place(TypedDict, total=False):
    page: int
    line: int
    row: int
    headings: List[str]
    start: int
    end: int
    parent: List[Any]
    boxes: List[PageBoxes]


class _PublishedReply(TypedDict):
    runId: str
    workflow: str
    version: int
    status: RunStatus
    outputs: Dict[str, Any]
    usage: Dict[str, Any]


class PublishedReply(_PublishedReply, total=False):
    thread: str
    citations: List[Citation]
    error: Dict[str, Any]


class RenameThreadRequest(TypedDict):
    title: str

RunStatus = Literal["queued", "running", "suspended", "paused", "done", "failed", "cancelled"]


class _Thread(TypedDict):
    id: str
    workflow: str
    messages: int
    createdAt: float
    updatedAt: float


class Thread(_Thread, total=False):
    title: str


class _ThreadMessage(TypedDict):
    role: Literal["user", "assistant"]
    text: str
    label: LabelLevel
    isWithheld: bool
    time: float


class ThreadMessage(_ThreadMessage, total=False):
    run: str
    citations: List[Citation]
    feedback: List[OwnFeedback]


class _ThreadMessagesReply(TypedDict):
    messages: List[ThreadMessage]


class ThreadMessagesReply(_ThreadMessagesReply, total=False):
    running: Dict[str, Any]
    next: int


class _ThreadsReply(TypedDict):
    threads: List[Thread]


class ThreadsReply(_ThreadsReply, total=False):
    next: str
