import clsx from 'clsx';
import { ChevronRight } from 'lucide-react';
import { useId, type ReactElement, type ReactNode } from 'react';
import styles from '../inspector.module.css';

/** A part of the form behind a button. While it is closed, the button shows its issues and changed settings. */
export function FoldedSection({
  title,
  isOpen,
  problems,
  summary,
  className,
  onToggle,
  children,
}: {
  readonly title: string;
  readonly isOpen: boolean;
  readonly problems: number;
  /** The settings of the section that differ from their defaults. */
  readonly summary?: string | undefined;
  readonly className?: string;
  readonly onToggle: () => void;
  readonly children: () => ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section className={clsx(styles['inspector-section'], styles['folded-section'], className)} aria-label={title}>
      <h3>
        <button
          type="button"
          className={clsx(styles['folded-toggle'], 'bare-text-button aligned')}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={onToggle}
        >
          <ChevronRight size={14} aria-hidden />
          {title}
          {isOpen || problems === 0 ? null : (
            <span className="list-item-problems">{problems === 1 ? '1 issue' : `${problems} issues`}</span>
          )}
          {isOpen || summary === undefined ? null : <span className={styles['folded-summary']}>{summary}</span>}
        </button>
      </h3>
      <div id={id} hidden={!isOpen} className="record-field">
        {isOpen ? children() : null}
      </div>
    </section>
  );
}
