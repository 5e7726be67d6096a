"""Haystack."""

import json

from haystack.components.embedders import OpenAIDocumentEmbedder, OpenAITextEmbedder
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage, Document
from haystack.tools import Tool
from haystack.utils import Secret

from checks import EMBEDDER, FACTS, KEY, MODEL, PLACE, QUESTION, SCHEMA, WIDTH, base, check, continues, fits, new_thread, raises, truthy

key = Secret.from_token(KEY)
ask = [ChatMessage.from_user(QUESTION)]


def make(model=MODEL, api_key=key, callback=None, **given):
    return OpenAIChatGenerator(
        api_key=api_key, model=model, api_base_url=base, generation_kwargs=given, max_retries=0, streaming_callback=callback
    )


def stream():
    seen = []
    make(max_tokens=24, callback=lambda chunk: seen.append(chunk.content)).run(ask)
    truthy("".join(seen), "no text")


def tools():
    count = Tool(name="count", description="Counts the looms of a city.", parameters=PLACE, function=lambda city: "7")
    said = [ChatMessage.from_user("How many looms has Rome? Call count.")]
    asked = make(max_tokens=60, tool_choice="required").run(said, tools=[count])["replies"][0]
    truthy(asked.tool_calls and asked.tool_calls[0].tool_name == "count", "no call")
    done = ChatMessage.from_tool(count.invoke(**asked.tool_calls[0].arguments), origin=asked.tool_calls[0])
    after = make(max_tokens=24, tool_choice="none").run([*said, asked, done], tools=[count])
    truthy(after["replies"][0].text, "no text after the call")


def structured():
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}}
    reply = make(max_tokens=60, response_format=form).run([ChatMessage.from_user(FACTS)])["replies"][0]
    fits(json.loads(reply.text))


def embeddings():
    shared = dict(api_key=key, model=EMBEDDER, api_base_url=base)
    truthy(len(OpenAITextEmbedder(**shared).run("a loom")["embedding"]) == WIDTH, "wrong vector")
    documents = OpenAIDocumentEmbedder(**shared, progress_bar=False).run([Document(content="a"), Document(content="b")])
    truthy([len(one.embedding) for one in documents["documents"]] == [WIDTH] * 2, "wrong vectors")


def thread():
    one = new_thread()
    for said in ("tea", "milk"):
        reply = make("says", extra_body={"thread": one}).run([ChatMessage.from_user(said)])["replies"][0]
        truthy(reply.text == f"You said {said}", "another text")
    continues(one, "tea", "milk")


def errors():
    raises(lambda: make("no-such-model").run(ask), "404", "no-such-model")
    raises(lambda: make(api_key=Secret.from_token("hk_wrong")).run(ask), "401", "unauthorized")


check("chat", lambda: truthy(make(max_tokens=24).run(ask)["replies"][0].text, "no text"))
check("stream", stream)
check("tools", tools)
check("structured output", structured)
check("embeddings: of a text and of documents", embeddings)
check("threads", thread)
check("errors: an unknown model and a wrong key", errors)
