import { useCallback, useRef, useState, type ReactElement, type ReactNode } from 'react';

interface VirtualListProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  readonly className?: string;
  readonly render: (index: number) => ReactNode;
}

const overscan = 6;

/** A list that renders only visible rows, so that ten thousand cost no more than thirty. */
export function VirtualList({ count, rowHeight, label, className, render }: VirtualListProps): ReactElement {
  const [first, setFirst] = useState(0);
  const [height, setHeight] = useState(400);
  const observer = useRef<ResizeObserver>(undefined);
  const attach = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    setHeight(element.clientHeight);
    observer.current = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.current.observe(element);
  }, []);
  const from = Math.max(0, Math.min(first, count - 1) - overscan);
  const to = Math.min(count, first + Math.ceil(height / rowHeight) + overscan);
  const rows: ReactNode[] = [];
  for (let index = from; index < to; index += 1) rows.push(render(index));
  return (
    <div
      className={className}
      ref={attach}
      tabIndex={0}
      role="group"
      aria-label={label}
      onScroll={(event) => setFirst(Math.floor(event.currentTarget.scrollTop / rowHeight))}
    >
      {/* The padding stands for the rows that are not rendered. */}
      <ul style={{ paddingTop: from * rowHeight, paddingBottom: Math.max(0, (count - to) * rowHeight) }}>{rows}</ul>
    </div>
  );
}
