"""Clients of MCP for Python that sign in with OAuth at /mcp, unmodified. Prints one JSON line a check."""

import asyncio
import json
import sys
import threading
import time
import urllib.parse
import urllib.request

which, url, cookie = sys.argv[1:4]
home = url.removesuffix("/mcp")


def check(name, isTrue, seen):
    print(json.dumps({"name": name} if isTrue else {"name": name, "error": f"saw {seen!r}"[:500]}), flush=True)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def agree(address):
    """The browser of a person who has signed in by the provider: opens the page and agrees. Gives where it goes then."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        opener.open(urllib.request.Request(address, headers={"Cookie": cookie}))
        raise RuntimeError("the page led nowhere")
    except urllib.error.HTTPError as answer:
        page = answer.headers["location"]
    query = urllib.parse.parse_qs(urllib.parse.urlparse(page).query)
    if "request" not in query:
        raise RuntimeError(f"the page says {page}")
    consent = f"{home}/api/consents/{query['request'][0]}"
    headers = {"Cookie": cookie, "Origin": home, "Content-Type": "application/json"}
    asked = json.load(opener.open(urllib.request.Request(consent, headers=headers)))
    project = asked["projects"][0]
    decision = {"decision": "allow", "project": project["id"], "permissions": project["permissions"]}
    body = json.dumps(decision).encode()
    return json.load(opener.open(urllib.request.Request(consent, data=body, headers=headers)))["redirect"]


async def with_fastmcp():
    import webbrowser

    from fastmcp import Client
    from fastmcp.client.auth import OAuth

    def browse(address, *_more):
        def visit():
            target = agree(address)
            for _ in range(100):
                try:
                    urllib.request.urlopen(target).read()
                    return
                except urllib.error.URLError:
                    time.sleep(0.1)

        threading.Thread(target=visit, daemon=True).start()
        return True

    webbrowser.open = browse
    async with Client(url, auth=OAuth(scopes="run:published")) as client:
        result = await client.call_tool("says", {"text": "hi"})
        check("signs in with OAuth and calls a tool", "hi" in str(result.structured_content), result)


async def with_mcp():
    from mcp import ClientSession
    from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client
    from mcp.shared.auth import OAuthClientMetadata

    class Memory:
        tokens = client = None

        async def get_tokens(self):
            return self.tokens

        async def set_tokens(self, tokens):
            self.tokens = tokens

        async def get_client_info(self):
            return self.client

        async def set_client_info(self, client):
            self.client = client

    answers = []

    async def redirect(address):
        answers.append(await asyncio.to_thread(agree, address))

    async def callback():
        query = urllib.parse.parse_qs(urllib.parse.urlparse(answers[-1]).query)
        return AuthorizationCodeResult(
            code=query["code"][0], state=query["state"][0], iss=query.get("iss", [None])[0]
        )

    metadata = OAuthClientMetadata(
        client_name="Compat", redirect_uris=["http://127.0.0.1:9/callback"], scope="run:published"
    )
    auth = OAuthClientProvider(url, metadata, Memory(), redirect_handler=redirect, callback_handler=callback)
    async with streamable_http_client(url, http_client=create_mcp_http_client(auth=auth)) as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            result = await session.call_tool("says", {"text": "hi"})
            check("signs in with OAuth and calls a tool", "hi" in str(result), result)


asyncio.run(with_fastmcp() if which == "fastmcp" else with_mcp())
