"""Checks of unmodified Python clients against an OpenAI-compatible address: one JSON line a check."""
import json
import sys

which, base, KEY = sys.argv[1:4]
MODEL, EMBEDDER = "smollm2-135m", "all-minilm-l6-v2"
QUESTION = "The loom costs 149 euros. What does the loom cost? Answer in one sentence."
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "count": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["city", "count"],
    "additionalProperties": False,
}


def check(name, work):
    try:
        work()
        print(json.dumps({"name": name}), flush=True)
    except Exception as error:  # every client raises its own
        print(json.dumps({"name": name, "error": f"{type(error).__name__}: {str(error)[:500]}"}), flush=True)


def truthy(value, what):
    if not value:
        raise AssertionError(what)


def fits(value):
    truthy(set(value) == {"city", "count"} and isinstance(value["count"], int), f"does not fit the schema: {value}")


def openai_python():
    import openai

    client = openai.OpenAI(base_url=base, api_key=KEY, max_retries=0)
    ask = [{"role": "user", "content": QUESTION}]

    def whole():
        reply = client.chat.completions.create(model=MODEL, messages=ask, max_tokens=24, temperature=0)
        truthy(reply.choices[0].message.content and reply.usage.completion_tokens > 0, "no text or usage")

    def stream():
        chunks = list(
            client.chat.completions.create(
                model=MODEL, messages=ask, max_tokens=24, stream=True, stream_options={"include_usage": True}
            )
        )
        truthy("".join(c.choices[0].delta.content or "" for c in chunks if c.choices), "no text")
        truthy(chunks[-1].usage is not None, "no usage")
        truthy([c.choices[0].finish_reason for c in chunks if c.choices][-1] in ("stop", "length"), "no finish")

    def schema():
        reply = client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "A city and a number as JSON."}],
            max_tokens=60,
            response_format={"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}},
        )
        fits(json.loads(reply.choices[0].message.content))

    def embed():
        reply = client.embeddings.create(model=EMBEDDER, input=["a loom", "yarn"])
        truthy(len(reply.data) == 2 and len(reply.data[0].embedding) == 384, "wrong vectors")

    def unknown():
        try:
            client.chat.completions.create(model="no-such-model", messages=ask)
        except openai.NotFoundError as error:
            truthy(error.body and error.body.get("message"), "an error without a message")
            return
        raise AssertionError("no NotFoundError")

    check("lists models", lambda: truthy(MODEL in [m.id for m in client.models.list()], "the model is not listed"))
    check("chat", whole)
    check("stream with usage", stream)
    check("structured output", schema)
    check("embeddings", embed)
    check("names an unknown model", unknown)


def langchain():
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    model = ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_tokens=24, temperature=0, max_retries=0)
    check("invoke", lambda: truthy(model.invoke(QUESTION).content, "no text"))
    check("stream", lambda: truthy("".join(str(c.content) for c in model.stream(QUESTION)), "no text"))
    held = ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_tokens=60, max_retries=0)
    schema = {"title": "Answer", **SCHEMA}
    check(
        "with_structured_output",
        lambda: fits(held.with_structured_output(schema, method="json_schema").invoke("A city and a number.")),
    )
    embedder = OpenAIEmbeddings(model=EMBEDDER, base_url=base, api_key=KEY, check_embedding_ctx_length=False)
    check("embeddings", lambda: truthy(len(embedder.embed_query("a loom")) == 384, "wrong vector"))
    check(
        "batch",
        lambda: truthy(all(r.content for r in model.batch([QUESTION, "Name a colour."])), "an answer is missing"),
    )


def llama_index():
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(model=MODEL, api_base=base, api_key=KEY, is_chat_model=True, max_tokens=24, max_retries=0)
    ask = [ChatMessage(role="user", content=QUESTION)]
    check("chat", lambda: truthy(model.chat(ask).message.content, "no text"))
    check("stream_chat", lambda: truthy("".join(c.delta or "" for c in model.stream_chat(ask)), "no text"))
    check("complete", lambda: truthy(model.complete(QUESTION).text, "no text"))


def haystack():
    from haystack.components.embedders import OpenAITextEmbedder
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.dataclasses import ChatMessage
    from haystack.utils import Secret

    key = Secret.from_token(KEY)
    ask = [ChatMessage.from_user(QUESTION)]
    make = lambda **more: OpenAIChatGenerator(
        api_key=key, model=MODEL, api_base_url=base, generation_kwargs={"max_tokens": 24}, max_retries=0, **more
    )
    check("run", lambda: truthy(make().run(ask)["replies"][0].text, "no text"))

    def stream():
        seen = []
        make(streaming_callback=lambda chunk: seen.append(chunk.content)).run(ask)
        truthy("".join(seen), "no text")

    check("stream", stream)
    embedder = OpenAITextEmbedder(api_key=key, model=EMBEDDER, api_base_url=base)
    check("embeddings", lambda: truthy(len(embedder.run("a loom")["embedding"]) == 384, "wrong vector"))


{"openai-python": openai_python, "langchain": langchain, "llama-index": llama_index, "haystack": haystack}[which]()
