"""LiteLLM, the library: chat completions, Responses, embeddings."""

import json
import os

# It asks the network for prices otherwise.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

from checks import EMBEDDER, FACTS, KEY, MODEL, QUESTION, SCHEMA, WIDTH, base, check, continues, fits, new_thread, truthy

litellm.telemetry = False
shared = dict(api_base=base, api_key=KEY, max_retries=0, num_retries=0)
ask = [{"role": "user", "content": QUESTION}]
of = lambda model: f"openai/{model}"


def chat():
    reply = litellm.completion(model=of(MODEL), messages=ask, max_tokens=24, **shared)
    truthy(reply.choices[0].message.content and reply.usage.completion_tokens > 0, "no text or usage")


def stream():
    chunks = list(litellm.completion(model=of(MODEL), messages=ask, max_tokens=24, stream=True, stream_options={"include_usage": True}, **shared))
    truthy("".join(c.choices[0].delta.content or "" for c in chunks if c.choices), "no text")
    truthy(chunks[-1].usage.completion_tokens > 0, "no usage")


def tools():
    tool = {"type": "function", "function": {"name": "count", "description": "Counts.", "parameters": SCHEMA}}
    messages = [{"role": "user", "content": "Call count."}]
    call = dict(model=of(MODEL), tools=[tool], max_tokens=60, **shared)
    asked = litellm.completion(messages=messages, tool_choice="required", **call).choices[0].message
    fits(json.loads(asked.tool_calls[0].function.arguments))
    done = {"role": "tool", "tool_call_id": asked.tool_calls[0].id, "content": "7"}
    said = litellm.completion(messages=[*messages, asked, done], tool_choice="none", **call)
    truthy(said.choices[0].message.content, "no text after the call")


def structured():
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}}
    reply = litellm.completion(model=of(MODEL), messages=[{"role": "user", "content": FACTS}], max_tokens=60, response_format=form, **shared)
    fits(json.loads(reply.choices[0].message.content))


def embeddings():
    reply = litellm.embedding(model=of(EMBEDDER), input=["a loom", "yarn"], **shared)
    truthy([len(one["embedding"]) for one in reply.data] == [WIDTH] * 2, "wrong vectors")


def responses():
    first = litellm.responses(model=of("says"), input="tea", **shared)
    truthy(first.output[0].content[0].text == "You said tea", "another text")


def thread():
    one = new_thread()
    for said in ("tea", "milk"):
        reply = litellm.completion(
            model=of("says"), messages=[{"role": "user", "content": said}], extra_body={"thread": one}, **shared
        )
        truthy(reply.choices[0].message.content == f"You said {said}", "another text")
    continues(one, "tea", "milk")


def errors():
    for named, kind, given in (
        ("no-such-model", litellm.NotFoundError, {"model": of("no-such-model")}),
        ("not known here", litellm.AuthenticationError, {"model": of(MODEL), "api_key": "hk_wrong"}),
    ):
        try:
            litellm.completion(**{**shared, "messages": ask, **given})
        except kind as error:
            truthy(named in str(error), str(error))
            continue
        raise AssertionError(f"no {kind.__name__}")


check("chat", chat)
check("chat: responses", responses)
check("stream", stream)
check("tools", tools)
check("structured output", structured)
check("embeddings", embeddings)
check("threads", thread)
check("errors: an unknown model and a wrong key", errors)
