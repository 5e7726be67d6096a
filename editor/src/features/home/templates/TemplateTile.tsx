import clsx from 'clsx';
import type { JobReply, TemplateSummary } from '@heddle/core';
import { CircleAlert, CircleCheck, CircleQuestionMark } from 'lucide-react';
import type { ReactElement } from 'react';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { describeIngest } from '../../collections/index.js';
import { Picture } from './Picture.js';
import { categoryText, gapText, unknownText } from './template-text.js';
import type { TemplateUse } from './use-template.js';
import styles from '../home.module.css';

/** A template in the gallery: its picture, its purpose, whether it can run here, and buttons to use or try it. */
export function TemplateTile({
  template,
  work,
  jobs,
  onAbout,
  onTry,
}: {
  readonly template: TemplateSummary;
  readonly work: TemplateUse;
  readonly jobs: readonly JobReply[];
  readonly onAbout: () => void;
  readonly onTry: () => void;
}): ReactElement {
  const { name, summary, isRunnable } = template;
  const unknown = unknownText(template);
  const isCopying = work.copying === template.id;
  const current = isCopying ? jobs.find(({ jobId }) => work.jobs.includes(jobId)) : undefined;
  return (
    <li className={clsx(styles['tile'], 'boxed-surface', styles['tile-template'])}>
      <Picture sketch={template.sketch} count={template.nodes} />
      <h3 className={clsx(styles['tile-title'], 'truncate')} data-tip={name}>
        {name}
      </h3>
      <p className={clsx(styles['tile-text'], 'quiet')} data-tip={summary}>
        {summary}
      </p>
      <p className={clsx(styles['tile-foot'], 'wrapped quiet')}>
        {isRunnable ? (
          <span
            className="aligned-inline gap-4"
            data-tip={unknown === undefined ? undefined : 'Your role may not see whether it is ready'}
          >
            {unknown === undefined ? (
              <CircleCheck size={13} aria-hidden />
            ) : (
              <CircleQuestionMark size={13} aria-hidden />
            )}{' '}
            {unknown ?? 'Runs here'}
          </span>
        ) : (
          <button type="button" className="text-link aligned-inline gap-4" onClick={onAbout}>
            <CircleAlert size={13} aria-hidden /> {gapText(template) ?? 'Something is missing here'}
          </button>
        )}
        {[categoryText(template.category), countText(template.nodes, 'node'), countText(template.tests.length, 'test')]
          .filter((text) => text !== undefined)
          .map((text) => (
            <span key={text} className="figure">
              {text}
            </span>
          ))}
      </p>
      <div className={clsx(styles['tile-actions'], 'aligned-wrapped')}>
        <IfMay permission="workflow:write">
          <button
            type="button"
            className="button button-small"
            disabled={work.copying !== undefined}
            aria-label={`${isCopying ? 'Copying…' : 'Use'} ${name}`}
            onClick={() => (isRunnable ? work.use(template) : onAbout())}
          >
            {isCopying ? 'Copying…' : 'Use'}
          </button>
          <button type="button" className="button button-small" aria-label={`Try ${name}`} onClick={onTry}>
            Try
          </button>
        </IfMay>
        <button type="button" className="button button-small" aria-label={`About ${name}`} onClick={onAbout}>
          About
        </button>
        {current === undefined ? null : (
          <span className="quiet" role="status">
            {describeIngest(current)}
          </span>
        )}
      </div>
      {work.failed === template.id && work.error !== undefined ? <Notice error={work.error} /> : null}
    </li>
  );
}

const countText = (count: number, what: string): string | undefined =>
  count === 0 ? undefined : count === 1 ? `1 ${what}` : `${count.toLocaleString()} ${what}s`;
