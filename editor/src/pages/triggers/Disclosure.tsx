import { ChevronRight } from 'lucide-react';
import { useId, useState, type ReactElement, type ReactNode } from 'react';

/** Something that is read only once somebody asks for it. */
export function Disclosure({
  title,
  what,
  children,
}: {
  readonly title: string;
  /** Of what, for those who hear the page. */
  readonly what: string;
  readonly children: () => ReactNode;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="trigger-more">
      <button
        type="button"
        className="trigger-toggle"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronRight size={14} aria-hidden />
        {title}
        <span className="visually-hidden"> of {what}</span>
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen ? children() : null}
      </div>
    </div>
  );
}
