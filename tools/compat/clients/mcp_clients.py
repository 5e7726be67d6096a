"""Clients of MCP for Python, unmodified, against /mcp. Prints one JSON line a check."""

import asyncio
import json
import sys

which, url, key = sys.argv[1:4]
headers = {"Authorization": f"Bearer {key}"}


def told(name, error=None):
    print(json.dumps({"name": name} if error is None else {"name": name, "error": error}), flush=True)


def check(name, isTrue, seen):
    told(name, None if isTrue else f"saw {seen!r}"[:500])


async def with_fastmcp():
    from fastmcp import Client
    from fastmcp.client.transports import StreamableHttpTransport

    async with Client(StreamableHttpTransport(url, headers=headers)) as client:
        tools = await client.list_tools()
        check("lists tools with what they give", any(tool.name == "says" for tool in tools), tools)
        result = await client.call_tool("says", {"text": "hi"})
        check("calls a tool and reads what it gives", "hi" in str(result.structured_content), result)
        try:
            await client.call_tool("nothing", {})
            told("is refused an unknown tool", "it was not")
        except Exception as error:
            check("is refused an unknown tool", "nothing" in str(error), error)
        prompts = await client.list_prompts()
        check("lists prompts", isinstance(prompts, list), prompts)
        resources = await client.list_resources()
        check("lists resources", isinstance(resources, list), resources)


async def with_mcp():
    from mcp import ClientSession
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    async with streamable_http_client(url, http_client=create_mcp_http_client(headers=headers)) as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            check("lists tools with what they give", any(tool.name == "says" for tool in tools), tools)
            result = await session.call_tool("says", {"text": "hi"})
            check("calls a tool and reads what it gives", "hi" in str(result), result)
            check("lists prompts", (await session.list_prompts()).prompts is not None, None)
            check("lists resources", (await session.list_resources()).resources is not None, None)


asyncio.run(with_fastmcp() if which == "fastmcp" else with_mcp())
