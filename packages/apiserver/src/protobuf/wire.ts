/** Reads the wire format of protobuf. Never past the end: a malformed message is an exception inside, a refusal outside. */
export class Malformed extends Error {}

export class WireReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Field number and wire type. */
  tag(): { readonly number: number; readonly wire: number } {
    const tag = Number(this.varint())
    return { number: tag >>> 3, wire: tag & 7 }
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new Malformed('unexpected end of the message')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Malformed('a number is longer than ten bytes')
  }

  bytes(): Uint8Array {
    const length = Number(this.varint())
    const end = this.#at + length
    if (end > this.#bytes.length) throw new Malformed('unexpected end of the message')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  fixed(length: 4 | 8): Uint8Array {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new Malformed('unexpected end of the message')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  skip(wire: number): void {
    switch (wire) {
      case 0: this.varint(); return
      case 1: this.fixed(8); return
      case 2: this.bytes(); return
      case 5: this.fixed(4); return
      default: throw new Malformed(`wire type ${wire} is not known`)
    }
  }
}
