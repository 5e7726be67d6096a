import {
  ChangeCollectionRequest,
  CollectionRelevance,
  CollectionReply,
  CollectionsReply,
  CreateCollectionRequest,
  DocumentInfo,
  DocumentText,
  IngestAgainRequest,
  JobAccepted,
  Passage,
  SearchReply,
  SearchRequest,
  SearchSettingsReply,
  SetRelevanceRequest,
  SetReaderRulesRequest,
  SetSearchSettingsRequest,
  type AuditActor,
  type HeddleError,
  queryNumber,
  withoutUndefined,
  authorise,
  ReaderRules,
  ReadersChanged,
  DocumentReaders,
  type Principal,
  PutTextRequest,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { checkModel } from '../authority/authorised-resources.js';
import { Actor, Caller } from '../auth/caller.js';
import { ReaderNames } from '../auth/readers/reader-names.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import type { IdentityStores } from '@heddle/adapters/identity';
import { IDENTITY_STORES } from '../auth/identity-stores-token.js';
import { Ownership } from '../auth/rights/ownership.js';
import { ProjectGrants } from '../authority/project-grants.js';
import { checkPassageModel } from './check-passage-model.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { UPLOAD_FOLDER } from '../files/file-tokens.js';
import type { Settings } from '../settings/settings-table.js';
import { SETTINGS } from '../settings/settings-token.js';
import { isMultipart, partLimits } from '../files/parts-of.js';
import { receivedFiles, receiveDocuments, type ResolveReaders } from '../files/read-upload.js';
import { undo, UndoQuery } from '../deletions/undo-query.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { FileBytes, MultipartBody } from '../http/bodies/multipart-body.js';
import { Reply } from '../http/reply.js';
import { type ReadBy, type Upload, CollectionService } from './collection.service.js';
import { writtenDocuments } from './written-documents.js';

const DocumentsReply = z.object({ documents: z.array(DocumentInfo) }).meta({ id: 'DocumentsReply' });
const PassagesReply = z.object({ passages: z.array(Passage) }).meta({ id: 'PassagesReply' });
const PageQuery = z.object({
  after: z.string().optional(),
  limit: queryNumber(z.int().min(1).max(1000)).default(200),
});
const DocumentQuery = z.object({ document: z.string().min(1) });
const DeleteDocumentQuery = DocumentQuery.extend({ undo });

@Controller('api/collections')
export class CollectionsController {
  constructor(
    private readonly collections: CollectionService,
    private readonly ownership: Ownership,
    @Inject(IDENTITY_STORES) private readonly stores: IdentityStores,
    private readonly grants: ProjectGrants,
    @Inject(UPLOAD_FOLDER) private readonly uploadFolder: string,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly readerNames: ReaderNames,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('collection:read', { kind: 'collection' })
  @Reply(CollectionsReply)
  async list(@View() view: ProjectView, @Caller() caller: Principal): Promise<CollectionsReply> {
    const { collections, ...stores } = await this.collections.survey();
    const shown = collections.filter(({ name }) => view.shows('collection', name));
    const readable = shown.map((info) => this.collections.shownTo(info, this.infoBy(info.name, view, caller)));
    return { collections: await Promise.all(readable), ...stores };
  }

  @Post()
  @Access('collection:write', { kind: 'collection' })
  @Reply(CollectionReply, 201)
  async create(
    @Body({ schema: CreateCollectionRequest }) request: CreateCollectionRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
    @Caller() caller: Principal,
  ): Promise<CollectionReply> {
    this.checkModel(request.embedding, project);
    checkPassageModel(request.splitter?.header?.model, {
      project,
      caller,
      grants: this.grants,
      clock: this.clock.rights,
    });
    const collection = await this.collections.create(request, by);
    await this.ownership.commitOwner('collection', request.name, project);
    return collection;
  }

  @Get(':name')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(CollectionReply)
  get(@Param('name') name: string, @View() view: ProjectView, @Caller() caller: Principal): Promise<CollectionReply> {
    return this.collections.shown(name, this.infoBy(name, view, caller));
  }

  /** Changes the title. The name stays, because workflows refer to it. */
  @Patch(':name')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(CollectionReply)
  change(
    @Param('name') name: string,
    @Body({ schema: ChangeCollectionRequest }) { title }: ChangeCollectionRequest,
    @Actor() by: AuditActor,
  ): Promise<CollectionReply> {
    return this.collections.setTitle(name, title, by);
  }

  /** The threshold below which the collection has no answer to a question, and its effect on sample questions. */
  @Get(':name/relevance')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(CollectionRelevance)
  async relevance(@Param('name') name: string, @View() view: ProjectView): Promise<CollectionRelevance> {
    const { calibrated, ...relevance } = await this.collections.relevance(name);
    if (calibrated === undefined || view.mayChange('collection', name)) return { calibrated, ...relevance };
    const { passages: _passages, ...shown } = calibrated;
    return { calibrated: shown, ...relevance };
  }

  /** Sets the threshold: the calibrated one, a given value, or none. */
  @Put(':name/relevance')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(CollectionRelevance)
  setRelevance(
    @Param('name') name: string,
    @Body({ schema: SetRelevanceRequest }) { setting }: SetRelevanceRequest,
    @Actor() by: AuditActor,
  ): Promise<CollectionRelevance> {
    return this.collections.setRelevance(name, setting, by);
  }

  /** The settings of a search that leaves them out. */
  @Get(':name/search-settings')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(SearchSettingsReply)
  async searchSettings(@Param('name') name: string): Promise<SearchSettingsReply> {
    return { settings: await this.collections.searchSettings(name) };
  }

  /**
   * Replaces all search settings; a setting that is left out gets its default. Errors: `model_unknown`, `model_wrong_kind`,
   * `label_refused`, `conflict`.
   */
  @Put(':name/search-settings')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(SearchSettingsReply)
  async setSearchSettings(
    @Param('name') name: string,
    @Body({ schema: SetSearchSettingsRequest }) request: SetSearchSettingsRequest,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<SearchSettingsReply> {
    const { reranker } = request.settings;
    if (reranker !== undefined) this.checkModel(reranker.model, project);
    return { settings: await this.collections.setSearchSettings(name, request, by) };
  }

  /** Computes the threshold from the passages that are stored now. */
  @Post(':name/relevance/calibrate')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(CollectionRelevance)
  calibrate(@Param('name') name: string, @Actor() by: AuditActor): Promise<CollectionRelevance> {
    return this.collections.calibrate(name, by);
  }

  @Delete(':name')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  async drop(
    @Param('name') name: string,
    @Query({ schema: UndoQuery }) { undo: canUndo }: UndoQuery,
    @Actor() by: AuditActor,
  ): Promise<void> {
    if (canUndo === true) return this.collections.dropForNow(name, by);
    await this.collections.drop(name, by);
    await this.ownership.forgetCollection(name);
  }

  /** Restores a collection that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post(':name/restore')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(CollectionReply)
  restore(@Param('name') name: string, @Actor() by: AuditActor): Promise<CollectionReply> {
    return this.collections.restore(name, by);
  }

  /** Documents as multipart files or as JSON text; a job imports them. */
  @Post(':name/documents')
  @MultipartBody(
    'Files, each after an optional field `about` that describes it.',
    {
      file: z.array(FileBytes),
      about: z.string().optional(),
      sync: z.enum(['true', 'false']).optional(),
    },
    PutTextRequest,
  )
  @TakesValues('large')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(JobAccepted, 202)
  async put(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Actor() by: AuditActor,
  ): Promise<JobAccepted> {
    await this.collections.get(name);
    const upload = isMultipart(request)
      ? await this.received(request)
      : await writtenDocuments(request.body, this.resolved);
    const { jobId } = await this.collections.ingest(name, upload, by);
    return { jobId };
  }

  /** The documents that the caller may read. A caller who may change the collection sees all of them, with their readers. */
  @Get(':name/documents')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(DocumentsReply)
  async documents(
    @Param('name') name: string,
    @Query({ schema: PageQuery }) { after, limit }: z.infer<typeof PageQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof DocumentsReply>> {
    const resource = await this.ownership.resourceOf('collection', name, caller);
    const isManager = authorise(caller, 'collection:write', resource, this.clock.now()) === 'allowed';
    const by = isManager ? 'heddle' : this.readBy(caller);
    return { documents: [...(await this.collections.documents(name, { limit, after }, by))] };
  }

  /** The text of a document, and the positions of its passages in it, for its readers. The id is one encoded segment of the path. */
  @Get(':name/documents/:id')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(DocumentText)
  async text(@Param('name') name: string, @Param('id') id: string, @Caller() caller: Principal): Promise<DocumentText> {
    const { text, passages } = await this.collections.text(name, id, this.readBy(caller));
    return { document: id, text, passages: passages.map(({ passage, start, end }) => ({ ...passage, start, end })) };
  }

  /** Imports documents again from their originals, in a job. */
  @Post(':name/reingest')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(JobAccepted, 202)
  async ingestAgain(
    @Param('name') name: string,
    @Body({ schema: IngestAgainRequest }) { documents }: IngestAgainRequest,
    @Actor() by: AuditActor,
  ): Promise<JobAccepted> {
    const { jobId } = await this.collections.ingestAgain(name, documents, by);
    return { jobId };
  }

  /** Document ids are paths, so they are in the query. */
  @Delete(':name/documents')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  deleteDocument(
    @Param('name') name: string,
    @Query({ schema: DeleteDocumentQuery }) { document, undo: canUndo }: z.infer<typeof DeleteDocumentQuery>,
    @Actor() by: AuditActor,
  ): Promise<void> {
    if (canUndo === true) return this.collections.deleteDocumentForNow(name, document, by);
    return this.collections.deleteDocument(name, document, by);
  }

  /** Restores a document that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post(':name/documents/restore')
  @Access('collection:write', { kind: 'collection', param: 'name' })
  @Reply(undefined, 204)
  restoreDocument(
    @Param('name') name: string,
    @Query({ schema: DocumentQuery }) { document }: z.infer<typeof DocumentQuery>,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.collections.restoreDocument(name, document, by);
  }

  @Get(':name/passages')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(PassagesReply)
  async passages(
    @Param('name') name: string,
    @Query({ schema: DocumentQuery }) { document }: z.infer<typeof DocumentQuery>,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof PassagesReply>> {
    return { passages: [...(await this.collections.passages(name, document, this.readBy(caller)))] };
  }

  /** Who may read a document. The id is one encoded segment of the path. */
  @Get(':name/documents/:id/readers')
  @Access('reader:manage', { kind: 'collection', param: 'name' })
  @Reply(DocumentReaders)
  readers(@Param('name') name: string, @Param('id') id: string): Promise<DocumentReaders> {
    return this.collections.readers(name, id);
  }

  /** Sets who may read a document and its parts. The next search applies it; nothing is embedded again. */
  @Put(':name/documents/:id/readers')
  @Access('reader:manage', { kind: 'collection', param: 'name' })
  @Reply(ReadersChanged)
  async setReaders(
    @Param('name') name: string,
    @Param('id') id: string,
    @Body({ schema: DocumentReaders }) { readers }: DocumentReaders,
    @Actor() by: AuditActor,
  ): Promise<ReadersChanged> {
    const resolved = readers === null ? null : await this.readerNames.resolve(readers);
    return this.collections.setReaders(name, id, resolved, by);
  }

  /** The rules that give readers to documents that are imported without a list. */
  @Get(':name/reader-rules')
  @Access('reader:manage', { kind: 'collection', param: 'name' })
  @Reply(ReaderRules)
  readerRules(@Param('name') name: string): Promise<ReaderRules> {
    return this.collections.readerRules(name);
  }

  /** Replaces the rules, and applies them to documents whose readers no person set. Errors: `conflict`. */
  @Put(':name/reader-rules')
  @Access('reader:manage', { kind: 'collection', param: 'name' })
  @Reply(ReadersChanged)
  async setReaderRules(
    @Param('name') name: string,
    @Body({ schema: SetReaderRulesRequest }) { rules, otherwise, base }: SetReaderRulesRequest,
    @Actor() by: AuditActor,
  ): Promise<ReadersChanged> {
    const resolve = async (readers: readonly string[]): Promise<string[]> => [
      ...(await this.readerNames.resolve(readers)),
    ];
    const resolved = await Promise.all(
      rules.map(async (rule) => ('prefix' in rule ? { ...rule, readers: await resolve(rule.readers) } : rule)),
    );
    return this.collections.setReaderRules(
      name,
      withoutUndefined({ rules: resolved, otherwise: otherwise === undefined ? undefined : await resolve(otherwise) }),
      base,
      by,
    );
  }

  @Post(':name/search')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(SearchReply)
  async search(
    @Param('name') name: string,
    @Body({ schema: SearchRequest }) request: SearchRequest,
    @Caller() caller: Principal,
  ): Promise<z.infer<typeof SearchReply>> {
    let unranked: z.infer<typeof SearchReply>['unranked'];
    const onUnranked = ({ code, message }: HeddleError): void => {
      unranked = { code, message };
    };
    const results = [...(await this.collections.search(name, request, this.readBy(caller), { onUnranked }))];
    return unranked === undefined ? { results } : { results, unranked };
  }

  /** Callers who may change a collection learn how large it is, others what they may read of it. */
  private infoBy(name: string, view: ProjectView, caller: Principal): ReadBy {
    return view.mayChange('collection', name) ? 'heddle' : this.readBy(caller);
  }

  /** The reader names of the caller, read again at each search. */
  private readBy(caller: Principal): ReadBy {
    return () => this.readerNames.ofPrincipal(caller);
  }

  /** Translates the names of readers that people write into the ids that are stored. Errors: `bad_request`. */
  private readonly resolved: ResolveReaders = async (readers) =>
    readers === undefined || readers === null ? readers : this.readerNames.resolve(readers);

  /** Errors: `model_unknown`, `connection_not_found` for a model without a grant. */
  private checkModel(model: string, project: string): void {
    checkModel({ mayUse: (kind, id) => this.grants.has(project, kind, id) }, model);
  }

  private async received(request: FastifyRequest): Promise<Upload> {
    const { documents, sync, cleanUp } = await receiveDocuments(request, this.uploadFolder, partLimits(this.settings));
    try {
      return { documents: await receivedFiles(documents, this.resolved), sync, cleanUp };
    } catch (error) {
      await cleanUp();
      throw error;
    }
  }
}
