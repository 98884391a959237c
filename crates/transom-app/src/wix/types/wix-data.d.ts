// What `import ... from "@wix/data"` means in a project without the package.

declare module "@wix/data" {
  /** What every stored item has. */
  export interface SystemFields {
    _id: string;
    _createdDate: Date;
    _updatedDate: Date;
    /** Who has inserted it. */
    _owner: string;
  }

  export type WixDataItem = SystemFields & Record<string, any>;
  type Stored<Item> = Item & SystemFields;
  type ItemOrId = string | { _id: string };

  interface BaseOptions {
    suppressHooks?: boolean;
    showDrafts?: boolean;
    appOptions?: Record<string, any>;
    /** Has no effect: to act as the app, call the function through `auth.elevate`. */
    suppressAuth?: boolean;
  }

  interface ReadOptions extends BaseOptions {
    language?: string;
    consistentRead?: boolean;
  }

  /** A reference to put the items in the place of. */
  interface Included {
    field: string;
    /** How many items; 50 unless told, at most 1000. */
    limit?: number;
  }

  export interface GetOptions extends ReadOptions {
    fields?: string[];
    includeReferences?: Included[];
    includeFieldGroups?: string[];
  }

  /** A condition: the object form, a filter, or a query. */
  type Condition = Record<string, any> | WixDataFilter;

  export interface SaveOptions extends BaseOptions {
    includeReferences?: boolean;
    saveReferences?: boolean;
  }

  export interface UpdateOptions extends SaveOptions {
    /** The item is changed only if it matches. */
    condition?: Condition;
  }

  export interface RemoveOptions extends BaseOptions {
    condition?: Condition;
  }

  type Comparable = string | number | boolean | Date;
  type Scalar = string | number | Date;

  /** Conditions on items. Each call returns a new object. */
  interface Conditions<Self, Other> {
    eq(field: string, value: any): Self;
    ne(field: string, value: any): Self;
    gt(field: string, value: Comparable): Self;
    ge(field: string, value: Comparable): Self;
    lt(field: string, value: Comparable): Self;
    le(field: string, value: Comparable): Self;
    /** From `start`, which belongs to it, to `end`, which does not. */
    between(field: string, start: Scalar, end: Scalar): Self;
    /** Upper and lower case are the same. */
    contains(field: string, text: string): Self;
    /** Upper and lower case are the same. */
    startsWith(field: string, text: string): Self;
    /** Upper and lower case are the same. */
    endsWith(field: string, text: string): Self;
    hasSome(field: string, ...values: Scalar[] | [readonly Scalar[]]): Self;
    hasAll(field: string, ...values: Scalar[] | [readonly Scalar[]]): Self;
    in(field: string, ...values: Scalar[] | [readonly Scalar[]]): Self;
    exists(field: string, exists: boolean): Self;
    isEmpty(field: string): Self;
    isNotEmpty(field: string): Self;
    and(other: Other): Self;
    /** Beside no condition at all, everything matches. */
    or(other: Other): Self;
    not(other: Other): Self;
  }

  export interface WixDataFilter extends Conditions<WixDataFilter, WixDataFilter> {
    build(): Record<string, any>;
  }

  interface Selection<Self> extends Conditions<Self, WixDataFilter | WixDataQuery | WixDataSearch> {
    ascending(...fields: string[] | [string[]]): Self;
    descending(...fields: string[] | [string[]]): Self;
    /** 50 unless told, at most 1000. */
    limit(limit: number): Self;
    skip(skip: number): Self;
    fields(...fields: string[]): Self;
    /** Puts items in the place of references; a number at the end is how many of each. */
    include(...fields: (string | number)[]): Self;
  }

  export interface FindOptions extends ReadOptions {
    /** Without it, `totalCount` is not known. */
    returnTotalCount?: boolean;
  }

  export interface WixDataQuery<Item = WixDataItem> extends Selection<WixDataQuery<Item>> {
    includeFieldGroups(...groups: string[]): WixDataQuery<Item>;
    randomSort(options: { seed?: number }): WixDataQuery<Item>;
    find(options?: FindOptions): Promise<WixDataResult<Item>>;
    count(options?: ReadOptions): Promise<number>;
    distinct(field: string, options?: FindOptions): Promise<WixDataResult<any>>;
  }

  export interface WixDataSearch<Item = WixDataItem> extends Selection<WixDataSearch<Item>> {
    expression(text: string): WixDataSearch<Item>;
    /** All of the words. */
    andMode(): WixDataSearch<Item>;
    /** Some of the words. */
    orMode(): WixDataSearch<Item>;
    fuzzy(): WixDataSearch<Item>;
    run(options?: ReadOptions): Promise<WixDataResult<Item>>;
  }

  export interface WixDataAggregate extends Conditions<WixDataAggregate, WixDataFilter> {
    sum(field: string, name?: string): WixDataAggregate;
    avg(field: string, name?: string): WixDataAggregate;
    min(field: string, name?: string): WixDataAggregate;
    max(field: string, name?: string): WixDataAggregate;
    count(): WixDataAggregate;
    group(...fields: string[]): WixDataAggregate;
    /** Which items. */
    filter(filter: WixDataFilter): WixDataAggregate;
    /** Which groups. */
    having(filter: WixDataFilter): WixDataAggregate;
    ascending(...fields: string[]): WixDataAggregate;
    descending(...fields: string[]): WixDataAggregate;
    limit(limit: number): WixDataAggregate;
    skip(skip: number): WixDataAggregate;
    run(options?: FindOptions): Promise<WixDataResult<any>>;
  }

  /** A page of results. */
  export interface WixDataResult<Item = WixDataItem> extends Iterable<Item> {
    readonly items: Item[];
    readonly length: number;
    readonly pageSize: number | undefined;
    readonly currentPage: number | undefined;
    readonly totalCount: number | undefined;
    readonly totalPages: number | undefined;
    hasNext(): boolean;
    hasPrev(): boolean;
    next(): Promise<WixDataResult<Item>>;
    prev(): Promise<WixDataResult<Item>>;
  }

  export interface PagingMetadata {
    count?: number | null;
    offset?: number | null;
    total?: number | null;
    tooManyToCount?: boolean | null;
    hasNext?: boolean | null;
    cursors?: { next?: string | null; prev?: string | null };
  }

  type Paging = { paging?: { limit?: number; offset?: number }; cursorPaging?: { limit?: number; cursor?: string } };
  type Order = "ASC" | "DESC";

  /** A query in the direct form. */
  export interface QueryRequest extends Paging {
    filter?: Record<string, any>;
    sort?: { fieldName: string; order?: Order }[];
    fields?: string[];
  }

  export interface SearchRequest extends QueryRequest {
    search?: { expression?: string; mode?: "AND" | "OR"; fields?: string[]; fuzzy?: boolean };
  }

  export interface BulkError extends Error {
    code: string;
    item: any;
    originalIndex: number;
  }

  export interface BulkResult {
    inserted: number;
    updated: number;
    removed: number;
    /** What was there already, or was not there. */
    skipped: number;
    errors: BulkError[];
    insertedItemIds: string[];
    updatedItemIds: string[];
    removedItemIds: string[];
  }

  export type FieldModification =
    | { action: "SET_FIELD" | "INCREMENT_FIELD" | "APPEND_TO_ARRAY" | "REMOVE_FROM_ARRAY"; fieldPath: string; value: any }
    | { action: "REMOVE_FIELD"; fieldPath: string };

  interface Modifications<Self> {
    setField(field: string, value: any): Self;
    removeField(field: string): Self;
    incrementField(field: string, by: number): Self;
    appendToArray(field: string, value: any): Self;
    removeFromArray(field: string, value: any): Self;
  }

  export interface FieldModifications extends Modifications<FieldModifications> {
    build(): FieldModification[];
  }

  export interface Patch<Result> extends Modifications<Patch<Result>> {
    run(options?: RemoveOptions): Promise<Result>;
  }

  interface ReferencedOptions extends FindOptions {
    limit?: number;
    skip?: number;
    order?: "asc" | "desc";
    fields?: string[];
  }

  interface ReferencedItemsOptions extends FindOptions, Paging {
    order?: Order;
    fields?: string[];
  }

  interface ReferencedItem<Item> {
    referringItemId: string;
    item?: Item;
    unresolvedReference?: { referencedItemId: string; unauthorized: boolean };
  }

  /** A builder of options: `withShowDrafts(true)` sets `showDrafts`. */
  type OptionsBuilder<Options> = {
    [Name in keyof Options & string as `with${Capitalize<Name>}`]-?: (
      ...value: NonNullable<Options[Name]> extends string[] ? string[] : [value: any]
    ) => OptionsBuilder<Options>;
  } & { build(): Options };

  interface FieldFilter {
    readonly filter: Record<string, any>;
    eq(value: any): FieldFilter;
    ne(value: any): FieldFilter;
    gt(value: any): FieldFilter;
    gte(value: any): FieldFilter;
    lt(value: any): FieldFilter;
    lte(value: any): FieldFilter;
    startsWith(text: string): FieldFilter;
    endsWith(text: string): FieldFilter;
    contains(text: string): FieldFilter;
    in(values: any[]): FieldFilter;
    nin(values: any[]): FieldFilter;
    hasSome(values: any[]): FieldFilter;
    hasAll(values: any[]): FieldFilter;
    exists(exists?: boolean): FieldFilter;
    isEmpty(empty?: boolean): FieldFilter;
    isNotEmpty(): FieldFilter;
  }

  type FilterPart = { readonly filter: Record<string, any> };
  type SortPart = { sort: { fieldName: string; order: Order } };
  type SearchPart = { readonly search: NonNullable<SearchRequest["search"]> };

  export const Filter: {
    (field: string): FieldFilter;
    and(...filters: FilterPart[]): FilterPart;
    or(...filters: FilterPart[]): FilterPart;
    not(filter: FilterPart): FilterPart;
  };
  export function Sort(field: string): { asc(): SortPart; desc(): SortPart };

  interface RequestBuilder<Request> {
    withFilter(filter: FilterPart): this;
    withFields(...fields: string[]): this;
    withSorting(...sorts: SortPart[]): this;
    withPaging(paging: { limit?: number; offset?: number }): this;
    build(): Request;
  }
  export function QueryBuilder(): RequestBuilder<QueryRequest>;
  export function SearchBuilder(): RequestBuilder<SearchRequest> & { withSearchClause(search: SearchPart): any };
  interface SearchParamsBuilder extends SearchPart {
    expression(text: string): SearchParamsBuilder;
    mode(mode: "AND" | "OR"): SearchParamsBuilder;
    fields(fields: string[]): SearchParamsBuilder;
    fuzzy(enabled?: boolean): SearchParamsBuilder;
  }
  export function SearchParams(expression?: string): SearchParamsBuilder;

  interface Built {
    build(): any;
  }
  type Unary = (part: Built) => Built;
  type Binary = (first: Built, second: Built) => Built;
  type Many = (...parts: Built[]) => Built;
  export const Expressions: {
    field(path: string): Built;
    text(value: string): Built;
    numeric(value: number): Built;
    add: Many; multiply: Many; sum: Many; concat: Many;
    subtract: Binary; divide: Binary; mod: Binary;
    abs: Unary; floor: Unary; ceil: Unary; stringify: Unary; toLower: Unary; toUpper: Unary; length: Unary;
    substring(part: Built, start: Built, length: Built): Built;
  };

  interface ProjectStage extends Built {
    include(...fields: string[]): ProjectStage;
    exclude(...fields: string[]): ProjectStage;
    reshape(part: Built, name: string): ProjectStage;
    projectNested(stage: ProjectStage, name: string): ProjectStage;
  }
  interface GroupStage extends Built {
    by(part: Built, key: string): GroupStage;
    sum(part: Built, name: string): GroupStage;
    avg(part: Built, name: string): GroupStage;
    min(part: Built, name: string): GroupStage;
    max(part: Built, name: string): GroupStage;
    first(part: Built, name: string): GroupStage;
    last(part: Built, name: string): GroupStage;
    push(part: Built, name: string): GroupStage;
    count(name: string): GroupStage;
  }
  interface SortStage extends Built {
    ascending(...fields: string[]): SortStage;
    descending(...fields: string[]): SortStage;
  }
  export const Stages: {
    filter(): WixDataFilter;
    project(): ProjectStage;
    group(): GroupStage;
    sort(): SortStage;
    unwind(arrayField: string): Built;
    limit(count: number): Built;
    skip(count: number): Built;
    objectToArray(objectField: string, destinationField: string): Built;
  };
  interface Pipeline {
    stages: any[];
    paging?: { limit?: number; offset?: number };
    cursorPaging?: { limit?: number; cursor?: string };
  }
  interface PipelineBuilder {
    withStages(stages: Built[]): PipelineBuilder;
    withPaging(paging: { limit?: number; offset?: number } | { limit?: number; cursor: string }): PipelineBuilder;
    build(): Pipeline;
  }
  export function PipelineBuilder(): PipelineBuilder;

  /** Items of collections. Every function acts as the caller of the request, or through `auth.elevate` as the app. */
  export const items: {
    /** The item, or null. */
    get<Item = WixDataItem>(collection: string, id: string, options?: GetOptions): Promise<Stored<Item> | null>;
    insert<Item extends object>(collection: string, item: Item, options?: SaveOptions): Promise<Stored<Item>>;
    /** Replaces the whole item. */
    update<Item extends { _id: string }>(collection: string, item: Item, options?: UpdateOptions): Promise<Stored<Item>>;
    /** Inserts the item, or replaces the one with its id. */
    save<Item extends object>(collection: string, item: Item, options?: SaveOptions): Promise<Stored<Item>>;
    /** The item that was removed, or null. */
    remove<Item = WixDataItem>(collection: string, id: string, options?: RemoveOptions): Promise<Stored<Item> | null>;
    /** Removes all items. */
    truncate(collection: string): Promise<void>;

    patch<Item = WixDataItem>(collection: string, id: string): Patch<Stored<Item> | null>;
    patch<Item = WixDataItem>(
      collection: string, id: string, changes: FieldModification[], options?: RemoveOptions,
    ): Promise<Stored<Item> | null>;

    /** Up to 1000 items. */
    bulkInsert(collection: string, items: object[], options?: SaveOptions & { overrideExisting?: boolean }): Promise<BulkResult>;
    bulkUpdate(collection: string, items: { _id: string }[], options?: UpdateOptions): Promise<BulkResult>;
    bulkSave(collection: string, items: object[], options?: SaveOptions): Promise<BulkResult>;
    bulkRemove(collection: string, ids: string[], options?: RemoveOptions): Promise<BulkResult>;
    bulkPatch(collection: string, ids: string[]): Patch<BulkResult>;
    bulkPatch(
      collection: string, ids: string[], changes: FieldModification[], options?: RemoveOptions,
    ): Promise<BulkResult>;

    query<Item = WixDataItem>(collection: string): WixDataQuery<Stored<Item>>;
    query<Item = WixDataItem>(
      collection: string, request: QueryRequest,
      options?: FindOptions & { includeReferences?: Included[]; includeFieldGroups?: string[] },
    ): Promise<{ items: Stored<Item>[]; pagingMetadata: PagingMetadata }>;
    search<Item = WixDataItem>(collection: string): WixDataSearch<Stored<Item>>;
    search<Item = WixDataItem>(
      collection: string, request: SearchRequest, options?: ReadOptions & { includeReferences?: Included[] },
    ): Promise<{ items: Stored<Item>[]; pagingMetadata: PagingMetadata }>;
    aggregate(collection: string): WixDataAggregate;
    aggregate(
      collection: string, pipeline: Pipeline, options?: FindOptions,
    ): Promise<{ results: any[]; pagingMetadata: PagingMetadata }>;
    aggregatePipeline(
      collection: string, pipeline: Pipeline, options?: FindOptions,
    ): Promise<{ results: any[]; pagingMetadata: PagingMetadata }>;
    count(collection: string, options?: ReadOptions & { filter?: Record<string, any> }): Promise<number>;
    distinct(
      collection: string, field: string,
      options?: FindOptions & Paging & { filter?: Record<string, any>; order?: Order },
    ): Promise<{ values: any[]; pagingMetadata: PagingMetadata }>;
    filter(): WixDataFilter;

    isReferenced(
      collection: string, field: string, item: ItemOrId, referenced: ItemOrId, options?: ReadOptions,
    ): Promise<boolean>;
    insertReference(
      collection: string, field: string, item: ItemOrId, referenced: ItemOrId | ItemOrId[], options?: BaseOptions,
    ): Promise<void>;
    removeReference(
      collection: string, field: string, item: ItemOrId, referenced: ItemOrId | ItemOrId[], options?: BaseOptions,
    ): Promise<void>;
    replaceReferences(
      collection: string, field: string, item: ItemOrId, referenced: ItemOrId | ItemOrId[], options?: BaseOptions,
    ): Promise<void>;
    queryReferenced<Item = WixDataItem>(
      collection: string, item: ItemOrId, field: string, options?: ReferencedOptions,
    ): Promise<WixDataResult<Stored<Item>>>;
    queryReferencedItems<Item = WixDataItem>(
      collection: string, item: ItemOrId | ItemOrId[], field: string, options?: ReferencedItemsOptions,
    ): Promise<{ results: ReferencedItem<Stored<Item>>[]; pagingMetadata: PagingMetadata }>;

    asyncPatchByFilter(
      collection: string, filter: Condition, changes: FieldModification[], options?: BaseOptions,
    ): Promise<{ jobId: string }>;
    asyncRemoveByFilter(collection: string, filter: Condition, options?: BaseOptions): Promise<{ jobId: string }>;
    getAsyncJobStatus(jobId: string): Promise<{ status: string; successCount: number }>;

    FieldModificationsBuilder(): FieldModifications;
    GetOptionsBuilder(): OptionsBuilder<GetOptions>;
    InsertOptionsBuilder(): OptionsBuilder<SaveOptions>;
    SaveOptionsBuilder(): OptionsBuilder<SaveOptions>;
    UpdateOptionsBuilder(): OptionsBuilder<UpdateOptions>;
    RemoveOptionsBuilder(): OptionsBuilder<RemoveOptions>;
    PatchOptionsBuilder(): OptionsBuilder<RemoveOptions>;
    QueryOptionsBuilder(): OptionsBuilder<FindOptions & { includeReferences?: Included[]; includeFieldGroups?: string[] }>;
    Filter: typeof Filter;
    Sort: typeof Sort;
    QueryBuilder: typeof QueryBuilder;
    SearchBuilder: typeof SearchBuilder;
    SearchParams: typeof SearchParams;
    PipelineBuilder: typeof PipelineBuilder;
    Stages: typeof Stages;
    Expressions: typeof Expressions;
  };

  export type AccessLevel = "ANYONE" | "SITE_MEMBER" | "SITE_MEMBER_AUTHOR" | "CMS_EDITOR" | "PRIVILEGED";

  /** A collection as the settings declare it. */
  export interface DataCollection {
    _id: string;
    displayName?: string;
    dataPermissions?: {
      itemRead?: AccessLevel; itemInsert?: AccessLevel; itemUpdate?: AccessLevel; itemRemove?: AccessLevel;
    };
    fields?: { key: string; type: string; [setting: string]: any }[];
    [setting: string]: any;
  }

  /** Collections are declared in `transom.toml`; functions here read the declarations. */
  export const collections: {
    getDataCollection(id: string): Promise<DataCollection>;
    listDataCollections(options?: {
      paging?: { limit?: number; offset?: number };
    }): Promise<{ collections: DataCollection[]; pagingMetadata?: PagingMetadata }>;
    readonly AccessLevel: { readonly [Level in AccessLevel]: Level };
  };
}
