import { useEffect, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** The log follows the conversation while the reader is at most this many pixels from its end. */
const closeToEnd = 80;

/** The messages of a conversation. It stays at the end while the conversation grows, unless the reader has scrolled up. */
export function ChatLog({
  newest,
  oldest,
  children,
}: {
  /** A key of the last message. When it changes, the log scrolls to the end. */
  readonly newest: string | undefined;
  /** A key of the first message. When earlier messages are added, the visible part stays where it is. */
  readonly oldest: string | undefined;
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
  }, [newest]);
  const height = useRef(0);
  useLayoutEffect(() => {
    const { current } = scroller;
    if (current !== null) current.scrollTop += current.scrollHeight - height.current;
  }, [oldest]);
  useLayoutEffect(() => {
    height.current = scroller.current?.scrollHeight ?? 0;
  });
  return (
    <div ref={scroller} className="chat-log scrolls" role="log" aria-live="off" aria-label="Conversation" tabIndex={0}>
      <div ref={content} className="chat-turns stack">
        {children}
      </div>
    </div>
  );
}
