import { Heddle } from '@heddle/client';
import { ChatView, Composer, createChat, Messages, useChat, workflowServer } from '@heddle/react';
import '@heddle/react/style.css';
import { createRoot } from 'react-dom/client';

// The server of this example adds the key and the name of the user: no key is in the browser.
const heddle = new Heddle({ baseUrl: `${location.origin}/heddle` });
const { workflow, input, output } = await (await fetch('/chat.json')).json();
const chat = createChat({
  connect: workflowServer(heddle, workflow),
  ports: { input, output },
  // This browser keeps the thread under this name: the conversation goes on after a reload, and on another day.
  name: workflow,
});

function NewConversation() {
  const { turns, chat } = useChat();
  return turns.length === 0 ? null : (
    <button type="button" className="button button-small" onClick={() => chat.begin()}>
      New conversation
    </button>
  );
}

createRoot(document.getElementById('chat')).render(
  <ChatView chat={chat}>
    <Messages empty={<p className="greeting">How can we help?</p>} />
    <div className="below">
      <Composer isFirst />
      <p className="small-quiet">
        Answers are written by an AI system and can be wrong. <NewConversation />
      </p>
    </div>
  </ChatView>,
);
