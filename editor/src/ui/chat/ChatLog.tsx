import { useEffect, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

/** Closer to the end than this, in pixels, a reader follows the conversation. */
const closeToEnd = 80;

/** The messages of a conversation. It stays at its end while it grows, unless the reader scrolled up. */
export function ChatLog({
  newest,
  oldest,
  children,
}: {
  /** The last message: another one is shown in any case. */
  readonly newest: string | undefined;
  /** The first message: where another one comes before it, the reader stays where they are. */
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
