import { memo, type ReactElement } from 'react';
import { useExecutionFact } from '../../run/index.js';
import styles from '../canvas.module.css';

/** A summary of the last decision of a node: the model and the reason, redactions, support, savings. */
export const CardDecision = memo(function CardDecision({ id }: { readonly id: string }): ReactElement | null {
  const kind = useExecutionFact(id, (execution) => execution?.decision?.kind);
  const summary = useExecutionFact(id, (execution) => execution?.decision?.summary);
  if (kind === undefined || summary === undefined) return null;
  return (
    <p className={styles['card-decision']} data-kind={kind} data-tip={summary} dir="auto">
      {summary}
    </p>
  );
});
