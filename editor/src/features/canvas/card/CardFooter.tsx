import clsx from 'clsx';
import { memo, type ReactElement } from 'react';
import { usageFigures, type ExecutionView } from '../../run/index.js';
import styles from './card.module.css';

/** The figures of the model call: tokens per second, time to the first token, cost. */
export const CardFooter = memo(function CardFooter({
  execution,
}: {
  readonly execution: ExecutionView | undefined;
}): ReactElement | null {
  const figures = usageFigures(execution);
  if (figures.length === 0) return null;
  return (
    <footer className={clsx(styles['card-foot'], 'wrapped')}>
      {figures.map((figure) => (
        <span key={figure.name} className="figure" data-tip={figure.name}>
          {figure.value}
        </span>
      ))}
    </footer>
  );
});
