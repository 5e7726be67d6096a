import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { useId, useState, type ReactElement, type ReactNode } from 'react';
import styles from './triggers.module.css';

/** Content that loads when the user opens it. */
export function Disclosure({
  title,
  what,
  children,
}: {
  readonly title: string;
  /** The trigger to which the content belongs, for screen readers. */
  readonly what: string;
  readonly children: () => ReactNode;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={styles['trigger-more']}>
      <button
        type="button"
        className={clsx(styles['trigger-toggle'], 'bare-button aligned-inline')}
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
