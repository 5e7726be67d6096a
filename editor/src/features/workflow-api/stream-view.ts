import type { PublishedEvent } from '@heddle/core';

/** What has been received of a stream so far. */
export interface StreamView {
  readonly texts: Readonly<Record<string, string>>;
  readonly nodes: readonly { readonly node: string; readonly status: string }[];
  readonly citations: number;
  readonly error: string | undefined;
}

export const nothingStreamed: StreamView = { texts: {}, nodes: [], citations: 0, error: undefined };

/** Applies an event. Text replaces everything from its offset on, because a retried node writes again. */
export function streamed(view: StreamView, event: PublishedEvent): StreamView {
  switch (event.type) {
    case 'delta': {
      const before = view.texts[event.output] ?? '';
      return { ...view, texts: { ...view.texts, [event.output]: before.slice(0, event.offset) + event.text } };
    }
    case 'node': {
      const others = view.nodes.filter(({ node }) => node !== event.node);
      return { ...view, nodes: [...others, { node: event.node, status: event.status }] };
    }
    case 'citation':
      return { ...view, citations: view.citations + 1 };
    case 'error':
      return { ...view, error: `${event.code}: ${event.message}` };
    case 'result':
      return view;
  }
}
