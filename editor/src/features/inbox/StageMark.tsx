import clsx from 'clsx';
import { Bell, UserRoundPlus } from 'lucide-react';
import type { ReactElement } from 'react';
import type { RequestStage } from './request-stage.js';
import styles from './inbox.module.css';

/** Shows as an icon and text whether a request was reminded or escalated. Renders nothing while it only waits. */
export function StageMark({
  stage: { mark, text },
  title,
}: {
  readonly stage: RequestStage;
  readonly title: string;
}): ReactElement | null {
  if (text === undefined) return null;
  const Shape = mark === 'escalated' ? UserRoundPlus : Bell;
  return (
    <span className={clsx(styles['inbox-stage'], 'aligned-inline figure')} data-tip={title}>
      <Shape size={12} aria-hidden /> {text}
    </span>
  );
}
