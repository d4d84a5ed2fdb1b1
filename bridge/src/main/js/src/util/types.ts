/** Node's `util/types`: asks what a value holds inside, not what it says of itself. */
type Check = (value: unknown) => boolean;
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
/** True if the getter or method finds its slot in `value`. */
function brand(method: Function | undefined, ...args: unknown[]): Check {
  return value => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || method === undefined) return false;
    try {
      method.call(value, ...args);
      return true;
    } catch {
      return false;
    }
  };
}
const getter = (prototype: object, name: string | symbol): Function | undefined => Object.getOwnPropertyDescriptor(prototype, name)?.get;
const typedName = getter(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)!;
const typed = (name: string): Check => value => ArrayBuffer.isView(value) && typedName.call(value) === name;
/** A slot that no method shows is told by the tag, unless the value made that up. */
const tagged = (name: string): Check => value => value !== null && typeof value === 'object' && tagOf(value) === name && !Object.hasOwn(value, Symbol.toStringTag);
const functionTag = (...names: string[]): Check => value => typeof value === 'function' && names.includes(tagOf(value));

export const isDate: Check = brand(Date.prototype.getTime);
export const isRegExp: Check = value => value !== RegExp.prototype && brand(getter(RegExp.prototype, 'global'))(value);
export const isMap: Check = brand(getter(Map.prototype, 'size'));
export const isSet: Check = brand(getter(Set.prototype, 'size'));
export const isWeakMap: Check = brand(WeakMap.prototype.has, {});
export const isWeakSet: Check = brand(WeakSet.prototype.has, {});
export const isArrayBuffer: Check = brand(getter(ArrayBuffer.prototype, 'byteLength'));
export const isSharedArrayBuffer: Check = brand(typeof SharedArrayBuffer === 'undefined' ? undefined : getter(SharedArrayBuffer.prototype, 'byteLength'));
export const isAnyArrayBuffer: Check = value => isArrayBuffer(value) || isSharedArrayBuffer(value);
export const isArrayBufferView: Check = value => ArrayBuffer.isView(value);
export const isTypedArray: Check = value => ArrayBuffer.isView(value) && typedName.call(value) !== undefined;
export const isDataView: Check = value => ArrayBuffer.isView(value) && !isTypedArray(value);
export const isUint8Array: Check = typed('Uint8Array');
export const isUint8ClampedArray: Check = typed('Uint8ClampedArray');
export const isUint16Array: Check = typed('Uint16Array');
export const isUint32Array: Check = typed('Uint32Array');
export const isInt8Array: Check = typed('Int8Array');
export const isInt16Array: Check = typed('Int16Array');
export const isInt32Array: Check = typed('Int32Array');
export const isFloat32Array: Check = typed('Float32Array');
export const isFloat64Array: Check = typed('Float64Array');
export const isBigInt64Array: Check = typed('BigInt64Array');
export const isBigUint64Array: Check = typed('BigUint64Array');
const boxed = (method: Function): Check => value => typeof value === 'object' && brand(method)(value);
export const isNumberObject: Check = boxed(Number.prototype.valueOf);
export const isStringObject: Check = boxed(String.prototype.valueOf);
export const isBooleanObject: Check = boxed(Boolean.prototype.valueOf);
export const isBigIntObject: Check = boxed(BigInt.prototype.valueOf);
export const isSymbolObject: Check = boxed(Symbol.prototype.valueOf);
export const isBoxedPrimitive: Check = value => isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value);
export const isNativeError: Check = value => value instanceof Error || tagged('Error')(value);
export const isPromise: Check = value => value instanceof Promise || tagged('Promise')(value);
export const isArgumentsObject: Check = tagged('Arguments');
export const isGeneratorObject: Check = value => value !== null && typeof value === 'object' && (tagOf(value) === 'Generator' || tagOf(value) === 'AsyncGenerator') && !Object.hasOwn(value, Symbol.toStringTag);
export const isMapIterator: Check = value => value !== null && typeof value === 'object' && tagOf(value) === 'Map Iterator';
export const isSetIterator: Check = value => value !== null && typeof value === 'object' && tagOf(value) === 'Set Iterator';
export const isAsyncFunction: Check = functionTag('AsyncFunction', 'AsyncGeneratorFunction');
export const isGeneratorFunction: Check = functionTag('GeneratorFunction', 'AsyncGeneratorFunction');
export const isAsyncGeneratorFunction: Check = functionTag('AsyncGeneratorFunction');
export const isModuleNamespaceObject: Check = value => value !== null && typeof value === 'object' && tagOf(value) === 'Module' && Object.getPrototypeOf(value) === null;
/** Nothing in a page is V8-external, a KeyObject, or tells that it is a proxy: these answer false. */
export const isExternal: Check = () => false;
export const isKeyObject: Check = () => false;
export const isProxy: Check = () => false;
export const isCryptoKey: Check = value => typeof CryptoKey !== 'undefined' && value instanceof CryptoKey;
// The reference's own.
export const isPlainObject: Check = value => value !== null && typeof value === 'object' && (Object.getPrototypeOf(value) === null || Object.getPrototypeOf(value) === Object.prototype);
export const isFunction: Check = value => typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
export const isAsyncFunctionObject: Check = isAsyncFunction;
export const isFunctionObject: Check = value => typeof value === 'function';
export const isIterator: Check = value => value !== null && typeof value === 'object' && typeof (value as Iterator<unknown>).next === 'function' && Symbol.iterator in value;
export const isAsyncIterator: Check = value => value !== null && typeof value === 'object' && typeof (value as AsyncIterator<unknown>).next === 'function' && Symbol.asyncIterator in value;
export const isArray: typeof Array.isArray = Array.isArray;
export default {
  isExternal, isDate, isArgumentsObject, isBigIntObject, isBooleanObject, isNumberObject, isStringObject, isSymbolObject, isNativeError, isRegExp, isAsyncFunction, isGeneratorFunction, isGeneratorObject,
  isPromise, isMap, isSet, isMapIterator, isSetIterator, isWeakMap, isWeakSet, isArrayBuffer, isDataView, isSharedArrayBuffer, isProxy, isModuleNamespaceObject, isAnyArrayBuffer, isBoxedPrimitive,
  isArrayBufferView, isTypedArray, isUint8Array, isUint8ClampedArray, isUint16Array, isUint32Array, isInt8Array, isInt16Array, isInt32Array, isFloat32Array, isFloat64Array, isBigInt64Array, isBigUint64Array,
  isKeyObject, isCryptoKey, isPlainObject, isFunction, isAsyncFunctionObject, isFunctionObject, isAsyncGeneratorFunction, isIterator, isAsyncIterator, isArray,
};
