import clsx from 'clsx';
import type { JobReply, TemplateGap, TemplateSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { Link } from '../../../ui/navigation/Link.js';
import {
  collectionPath,
  connectionPath,
  newConnectionPath,
  policyPath,
  toolServerPath,
} from '../../../ui/navigation/route.js';
import { ModelDownload } from './ModelDownload.js';
import styles from '../home.module.css';

/** What a template lacks here, each with a link or button that helps to get it. */
export function GapList({
  template,
  gaps,
  jobs,
}: {
  readonly template: Pick<TemplateSummary, 'collections'>;
  readonly gaps: readonly TemplateGap[];
  readonly jobs: readonly JobReply[];
}): ReactElement {
  return (
    <ul className={clsx(styles['needs'], 'grid gap-10')}>
      {gaps.map((gap, index) => (
        <li key={index} data-blocking={gap.isBlocking || undefined}>
          <Gap template={template} gap={gap} jobs={jobs} />
        </li>
      ))}
    </ul>
  );
}

function Gap({
  template,
  gap,
  jobs,
}: {
  readonly template: Pick<TemplateSummary, 'collections'>;
  readonly gap: TemplateGap;
  readonly jobs: readonly JobReply[];
}): ReactElement {
  const { remedy, message } = gap;
  if (remedy.do === 'download-model')
    return (
      <ModelDownload
        id={remedy.model}
        title={remedy.model}
        bytes={remedy.bytes}
        job={jobs.find(({ kind, subject }) => kind === 'pull' && subject === remedy.model)}
      />
    );
  const page = pageOfRemedy(remedy, template);
  return (
    <>
      <p>{message}</p>
      {page === undefined ? null : (
        <Link href={page.href} className="button button-small">
          {page.title}
        </Link>
      )}
    </>
  );
}

interface RemedyPage {
  readonly href: string;
  readonly title: string;
}

/** The page where the user gets what is missing; undefined if the message is enough. */
function pageOfRemedy(
  remedy: Exclude<TemplateGap['remedy'], { do: 'download-model' }>,
  { collections }: Pick<TemplateSummary, 'collections'>,
): RemedyPage | undefined {
  switch (remedy.do) {
    case 'choose-model':
      return { href: '/models', title: 'Open models' };
    case 'add-connection':
      return { href: newConnectionPath(remedy.connection), title: 'Set up connection' };
    case 'add-key':
      return { href: connectionPath(remedy.connection), title: 'Add key' };
    case 'enable-connection':
    case 'raise-clearance':
      return { href: connectionPath(remedy.connection), title: 'Open connection' };
    case 'add-documents':
      return collections.some(({ name, isHere }) => isHere && name === remedy.collection)
        ? { href: collectionPath(remedy.collection), title: 'Add documents' }
        : { href: '/collections', title: 'Create collection' };
    case 'add-tool-server':
      return { href: toolServerPath(), title: 'Add tool server' };
    case 'approve-tools':
      return { href: toolServerPath(remedy.server), title: 'Open tool server' };
    case 'add-secret':
      return { href: '/secrets', title: 'Add secret' };
    case 'add-policy':
      return { href: policyPath(), title: 'Add policy' };
    case 'add-workflow':
      return { href: '/', title: 'Open workflows' };
    case 'change-setting':
      return undefined;
  }
}
