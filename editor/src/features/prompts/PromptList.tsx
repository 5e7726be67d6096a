import type { ListedPrompt } from '@heddle/core';
import { Plus, BookText } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Section } from '../../ui/states/Section.js';
import { NewPrompt } from './NewPrompt.js';
import { promptFacts, usedText } from './prompt-text.js';

/** A longer list gets a search field. */
const fewPrompts = 8;

/** The library of prompts, with a button that creates one. */
export function PromptList({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const prompts = useGet('/api/prompts', {}, ({ prompts }) => prompts);
  const [isMaking, setMaking] = useState(false);
  const [search, setSearch] = useState('');
  const all = prompts.value ?? [];
  const create = (
    <IfMay permission="workflow:write">
      <button type="button" className="button button-primary" onClick={() => setMaking(true)}>
        <Plus size={15} aria-hidden /> New prompt
      </button>
    </IfMay>
  );
  const found = (list: readonly ListedPrompt[]): readonly ListedPrompt[] =>
    list.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <PageLayout title="Prompts" actions={prompts.value?.length === 0 ? undefined : create}>
      {tabs}
      <Section
        title="Texts that nodes share"
        loaded={prompts}
        empty={
          <EmptyState Icon={BookText} action={create}>
            No prompts yet. A prompt is a text with variables that several nodes can use. Each change is a version, and
            a label such as production says which version counts.
          </EmptyState>
        }
      >
        {(list) => (
          <>
            {all.length > fewPrompts ? (
              <SearchField label="Search prompts" value={search} onChange={setSearch} />
            ) : null}
            <ul className="rows">
              {found(list).map((prompt) => (
                <PromptLine key={prompt.id} prompt={prompt} />
              ))}
            </ul>
            {found(list).length === 0 ? <p className="quiet">No prompt has this name.</p> : null}
          </>
        )}
      </Section>
      {isMaking ? <NewPrompt onClose={() => setMaking(false)} /> : null}
    </PageLayout>
  );
}

function PromptLine({ prompt }: { readonly prompt: ListedPrompt }): ReactElement {
  const now = useNow(false);
  const { id, name, title, workflows, updatedAt } = prompt;
  return (
    <li>
      <Link href={qualityPath('prompts', id)} className="row">
        <span className="row-main">
          <span className="row-title" dir="auto" data-tip={title === '' ? name : title}>
            {title === '' ? name : title}
          </span>
          <span className="quiet">
            {title === '' ? null : <span className="mono">{name} · </span>}
            {promptFacts(prompt)}
          </span>
        </span>
        <span className="row-figures figure">
          <span>{usedText(workflows)}</span>
          <span className="quiet">{formatAgo(updatedAt, now)}</span>
        </span>
      </Link>
    </li>
  );
}
