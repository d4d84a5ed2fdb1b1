/** The error classes of the runtime: DOM's words where DOM has one, each with a stable `code`. */

export const INDEX_SIZE_ERR = 1;
export const NOT_FOUND_ERR = 8;
export const NOT_SUPPORTED_ERR = 9;
export const INVALID_ACCESS_ERR = 15;
export const SECURITY_ERR = 18;
export const NETWORK_ERR = 19;
export const ABORT_ERR = 20;
export const TIMEOUT_ERR = 23;
export const ENCODING_ERR = 'ENCODING_ERR';
export const OPERATION_ERR = 'OPERATION_ERR';
export const NOT_ALLOWED_ERR = 'NOT_ALLOWED_ERR';

/** An error with a class name of its own and a stable code. Members of `options` but `cause` are copied on. */
class CodedError extends Error {
  /** Stable, such as `ENOENT` or `ERR_ACCESS_DENIED`. */
  declare code: string;
  constructor(name: string, code: string, message?: string, options?: ErrorOptions) {
    super(message, options);
    hide(this, 'name', name);
    hide(this, 'code', code);
  }
}

function hide(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: false, configurable: true, writable: true });
}

/** The work was called off through an `AbortSignal`; `cause` is the signal's reason. */
export class AbortError extends CodedError {
  static get code() { return ABORT_ERR; }
  declare signal: AbortSignal | undefined;
  constructor(reason?: unknown, signal?: AbortSignal) {
    super('AbortError', 'ABORT_ERR', typeof reason === 'string' ? reason : 'The operation was aborted', reason === undefined ? undefined : { cause: reason });
    hide(this, 'signal', signal);
  }
}
export class BadRequestError extends CodedError {
  constructor(message?: string, options?: ErrorOptions) { super('BadRequestError', 'BAD_REQUEST_ERR', message, options); }
}
export class EncodingError extends CodedError {
  static get code() { return ENCODING_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('EncodingError', 'ENCODING_ERR', message, options); }
}
export class IndexSizeError extends CodedError {
  static get code() { return INDEX_SIZE_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('IndexSizeError', 'INDEX_SIZE_ERR', message, options); }
}
export class InternalError extends CodedError {
  constructor(message?: string, options?: ErrorOptions) { super('InternalError', 'ERR_INTERNAL', message, options); }
}
export class InvalidAccessError extends CodedError {
  static get code() { return INVALID_ACCESS_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('InvalidAccessError', 'INVALID_ACCESS_ERR', message, options); }
}
export class NetworkError extends CodedError {
  static get code() { return NETWORK_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('NetworkError', 'NETWORK_ERR', message, options); }
}
/** The page's Content-Security-Policy does not allow the command; the message holds the source to add. */
export class NotAllowedError extends CodedError {
  static get code() { return NOT_ALLOWED_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('NotAllowedError', 'NOT_ALLOWED_ERR', message, options); }
}
export class NotFoundError extends CodedError {
  static get code() { return NOT_FOUND_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('NotFoundError', 'NOT_FOUND_ERR', message, options); }
}
export class NotSupportedError extends CodedError {
  static get code() { return NOT_SUPPORTED_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('NotSupportedError', 'NOT_SUPPORTED_ERR', message, options); }
}
export class OperationError extends CodedError {
  static get code() { return OPERATION_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('OperationError', 'OPERATION_ERR', message, options); }
}
export class SecurityError extends CodedError {
  static get code() { return SECURITY_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('SecurityError', 'SECURITY_ERR', message, options); }
}
export class TimeoutError extends CodedError {
  static get code() { return TIMEOUT_ERR; }
  constructor(message?: string, options?: ErrorOptions) { super('TimeoutError', 'TIMEOUT_ERR', message, options); }
}

/** An error of the operating system, by its number. */
export class ErrnoError extends CodedError {
  static get code(): string { return ''; }
  declare errno: number;
  constructor(errno: number, code: string, message?: string, options?: ErrorOptions) {
    super('ErrnoError', code, message ?? code, options);
    hide(this, 'errno', errno);
  }
}
export class FinalizationRegistryCallbackError extends CodedError {
  constructor(message?: string, options?: ErrorOptions) { super('FinalizationRegistryCallbackError', 'ERR_FINALIZATION_REGISTRY_CALLBACK', message, options); }
}
export class IllegalConstructorError extends TypeError {
  readonly code = 'ERR_ILLEGAL_CONSTRUCTOR';
  constructor(message = 'Illegal constructor', options?: ErrorOptions) { super(message, options); }
}
/** A module that `require` did not find; `requireStack` says who asked. */
export class ModuleNotFoundError extends NotFoundError {
  readonly requireStack: readonly string[];
  constructor(message?: string, requireStack: readonly string[] = []) {
    super(message);
    hide(this, 'code', 'MODULE_NOT_FOUND');
    this.requireStack = requireStack;
  }
}

export default {
  ErrnoError, FinalizationRegistryCallbackError, IllegalConstructorError, ModuleNotFoundError,
  AbortError, BadRequestError, EncodingError, IndexSizeError, InternalError, InvalidAccessError, NetworkError,
  NotAllowedError, NotFoundError, NotSupportedError, OperationError, SecurityError, TimeoutError,
  ABORT_ERR, ENCODING_ERR, INDEX_SIZE_ERR, INVALID_ACCESS_ERR, NETWORK_ERR, NOT_ALLOWED_ERR, NOT_FOUND_ERR,
  NOT_SUPPORTED_ERR, OPERATION_ERR, SECURITY_ERR, TIMEOUT_ERR,
};
