"""LlamaIndex."""

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel, Field

from checks import EMBEDDER, KEY, MODEL, QUESTION, WIDTH, base, check, continues, new_thread, raises, truthy

shared = dict(api_base=base, api_key=KEY, is_chat_model=True, max_retries=0)
model = OpenAILike(model=MODEL, max_tokens=24, **shared)
ask = [ChatMessage(role="user", content=QUESTION)]
check("chat", lambda: truthy(model.chat(ask).message.content, "no text"))
check("stream", lambda: truthy("".join(c.delta or "" for c in model.stream_chat(ask)), "no text"))
check("chat: complete", lambda: truthy(model.complete(QUESTION).text, "no text"))
check("stream: complete", lambda: truthy("".join(c.delta or "" for c in model.stream_complete(QUESTION)), "no text"))


def tools():
    calling = OpenAILike(model=MODEL, max_tokens=60, is_function_calling_model=True, **shared)
    count = FunctionTool.from_defaults(lambda city: "7", name="count", description="Counts the looms of a city.")
    asked = calling.chat_with_tools([count], user_msg="How many looms has Rome? Call count.", tool_required=True)
    calls = calling.get_tool_calls_from_response(asked)
    truthy(calls and calls[0].tool_name == "count", "no call")
    done = ChatMessage(role="tool", content="7", additional_kwargs={"tool_call_id": calls[0].tool_id})
    truthy(model.chat([*ask, asked.message, done]).message.content, "no text after the call")


class Place(BaseModel):
    """A place."""

    city: str = Field(max_length=20)
    count: int = Field(ge=0, le=9)


def structured():
    held = OpenAILike(model=MODEL, max_tokens=60, is_function_calling_model=True, **shared)
    place = held.as_structured_llm(Place).complete("A city and a number.").raw
    truthy(0 <= place.count <= 9, f"does not fit: {place}")


def thread():
    one = new_thread()
    says = OpenAILike(model="says", additional_kwargs={"extra_body": {"thread": one}}, **shared)
    for said in ("tea", "milk"):
        truthy(says.chat([ChatMessage(role="user", content=said)]).message.content == f"You said {said}", "another text")
    continues(one, "tea", "milk")


def errors():
    unknown = OpenAILike(model="no-such-model", **shared)
    raises(lambda: unknown.chat(ask), "404", "no-such-model")
    stranger = OpenAILike(model=MODEL, **{**shared, "api_key": "hk_wrong"})
    raises(lambda: stranger.chat(ask), "401", "unauthorized")


check("tools", tools)
check("structured output", structured)
embedder = OpenAILikeEmbedding(model_name=EMBEDDER, api_base=base, api_key=KEY, max_retries=0)
check(
    "embeddings: of a text and of a list",
    lambda: truthy(
        [len(vector) for vector in [embedder.get_query_embedding("a loom"), *embedder.get_text_embedding_batch(["a", "b"])]]
        == [WIDTH] * 3,
        "wrong vectors",
    ),
)
check("threads", thread)
check("errors: an unknown model and a wrong key", errors)
