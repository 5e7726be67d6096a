import type { Citation } from '@heddle/core';
import type { ReactElement } from 'react';
import { ChatView } from './ChatView.js';
import { CitationView } from './CitationView.js';
import { FileView } from './FileView.js';
import { JsonText } from './JsonText.js';
import { LongText } from './LongText.js';
import { Markdown } from '../markdown/Markdown.js';
import { PassageView } from './PassageView.js';
import { TableView } from './TableView.js';
import { TreeView } from './TreeView.js';
import type { ValueKind } from './read/value-kind.js';
import { VectorView } from './VectorView.js';
import type { ViewName } from './read/views-of.js';

/** A value in one of its views. */
export function OneView({
  kind,
  view,
  value,
  citations,
}: {
  readonly kind: ValueKind;
  readonly view: ViewName;
  readonly value: unknown;
  readonly citations: readonly Citation[] | undefined;
}): ReactElement {
  if (view === 'tree') return <TreeView value={value} />;
  if (view === 'json') return <JsonText value={value} />;
  switch (kind.kind) {
    case 'empty':
      return <p className="quiet">Empty</p>;
    case 'scalar':
      return <p className="figure answer">{kind.text}</p>;
    case 'text':
      return view === 'markdown' ? <Markdown text={kind.text} /> : <LongText text={kind.text} />;
    case 'passages':
      return <PassageView passages={kind.passages} citations={citations} />;
    case 'citations':
      return <CitationView citations={kind.citations} />;
    case 'messages':
      return <ChatView messages={kind.messages} />;
    case 'files':
      return <FileView files={kind.files} />;
    case 'vectors':
      return <VectorView vectors={kind.vectors} />;
    case 'table':
      return <TableView rows={kind.rows} />;
    case 'tree':
      return <TreeView value={value} />;
  }
}
