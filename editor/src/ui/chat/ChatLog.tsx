import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** Closer to the end than this, in pixels, a reader follows the conversation. */
const closeToEnd = 80;

/** The messages of a conversation. It stays at its end while it grows, unless the reader scrolled up. */
export function ChatLog({
  count,
  children,
}: {
  /** Of the messages: a new one is shown in any case. */
  readonly count: number;
  readonly children: ReactNode;
}): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (box === null || inner === null) return undefined;
    let isFollowing = true;
    const note = (): void => {
      isFollowing = box.scrollHeight - box.scrollTop - box.clientHeight < closeToEnd;
    };
    const sizes = new ResizeObserver(() => {
      if (isFollowing) box.scrollTop = box.scrollHeight;
    });
    box.addEventListener('scroll', note);
    sizes.observe(inner);
    return () => {
      box.removeEventListener('scroll', note);
      sizes.disconnect();
    };
  }, []);
  useEffect(() => {
    const { current } = scroller;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, [count]);
  return (
    <div ref={scroller} className="chat-log scrolls" role="log" aria-live="off" aria-label="Conversation" tabIndex={0}>
      <div ref={content} className="chat-turns stack">
        {children}
      </div>
    </div>
  );
}
