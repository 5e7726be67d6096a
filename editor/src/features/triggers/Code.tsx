import clsx from 'clsx';
import type { ReactElement } from 'react';
import { CopyButton } from '../../ui/buttons/CopyText.js';
import styles from './triggers.module.css';

/** Code with a copy button. */
export function Code({ title, text }: { readonly title: string; readonly text: string }): ReactElement {
  return (
    <div className={clsx('snippet', styles['trigger-code'])}>
      <pre className="mono" tabIndex={0} aria-label={title}>
        {text}
      </pre>
      <CopyButton text={text} what={title} />
    </div>
  );
}
