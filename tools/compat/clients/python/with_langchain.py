"""LangChain."""

from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from checks import EMBEDDER, KEY, MODEL, QUESTION, SCHEMA, WIDTH, base, check, continues, fits, new_thread, raises, truthy

model = ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_tokens=24, temperature=0, max_retries=0)
check("chat: invoke", lambda: truthy(model.invoke(QUESTION).content, "no text"))
check("stream: chat", lambda: truthy("".join(str(c.content) for c in model.stream(QUESTION)), "no text"))
held = ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_tokens=60, max_retries=0)
schema = {"title": "Answer", **SCHEMA}
check(
    "structured output: chat",
    lambda: fits(held.with_structured_output(schema, method="json_schema").invoke("A city and a number.")),
)
embedder = OpenAIEmbeddings(model=EMBEDDER, base_url=base, api_key=KEY, check_embedding_ctx_length=False)
check("embeddings", lambda: truthy(len(embedder.embed_query("a loom")) == WIDTH, "wrong vector"))
check(
    "chat: batch",
    lambda: truthy(all(r.content for r in model.batch([QUESTION, "Name a colour."])), "an answer is missing"),
)


responses = dict(model=MODEL, base_url=base, api_key=KEY, max_retries=0, use_responses_api=True)
over = ChatOpenAI(**responses, max_tokens=60)
check("chat: responses", lambda: truthy(over.invoke(QUESTION).text, "no text"))
check("stream: responses", lambda: truthy("".join(c.text for c in over.stream(QUESTION)), "no text"))
check(
    "structured output: responses",
    lambda: fits(over.with_structured_output(schema, method="json_schema").invoke("A city and a number.")),
)

def tools(over):
    @tool
    def count(city: str) -> str:
        """Counts the looms of a city."""
        return "7"

    ask = [HumanMessage("How many looms has Rome? Call count.")]
    asked = over.bind_tools([count], tool_choice="required").invoke(ask)
    truthy(asked.tool_calls, "no call")
    given = [count.invoke(call) for call in asked.tool_calls]
    truthy(over.bind_tools([count], tool_choice="none").invoke([*ask, asked, *given]).text, "no text after the call")

check("tools: responses", lambda: tools(over))
check("tools: chat", lambda: tools(held))

def going_on():
    chat = ChatOpenAI(**responses, max_tokens=16, use_previous_response_id=True)
    first = chat.invoke([HumanMessage("My name is Ada.")])
    truthy(chat.invoke([HumanMessage("My name is Ada."), first, HumanMessage("Say hello.")]).text, "no text")

check("threads: previous response", going_on)


def thread():
    one = new_thread()
    chat = ChatOpenAI(model="says", base_url=base, api_key=KEY, max_retries=0, extra_body={"thread": one})
    for said in ("tea", "milk"):
        truthy(chat.invoke(said).content == f"You said {said}", "another text")
    continues(one, "tea", "milk")


def errors():
    unknown = ChatOpenAI(model="no-such-model", base_url=base, api_key=KEY, max_retries=0)
    raises(lambda: unknown.invoke(QUESTION), "404", "no-such-model")
    stranger = ChatOpenAI(model=MODEL, base_url=base, api_key="hk_wrong", max_retries=0)
    raises(lambda: stranger.invoke(QUESTION), "401", "unauthorized")


check("threads: chat", thread)
check("errors: an unknown model and a wrong key", errors)
