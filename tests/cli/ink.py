#!/usr/bin/env python3
"""Where the ink of a page stands: ink.py PICTURE.png

Prints two shares of the width, from 0 (left) to 1 (right): of the last line of the page, and
of the longest upright line, which is a chart's axis. Reads what a browser's screenshot is: 8
bits a channel, not interlaced (PNG, ISO/IEC 15948).
"""
import struct
import sys
import zlib


def unfilter(data, width, height, pixel):
    """The scan lines, each undone by its own filter."""
    rows, before, stride = [], bytearray(width * pixel), width * pixel
    for y in range(height):
        kind, line = data[y * (stride + 1)], bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            left = line[x - pixel] if x >= pixel else 0
            up, corner = before[x], before[x - pixel] if x >= pixel else 0
            if kind == 1:
                line[x] = (line[x] + left) & 255
            elif kind == 2:
                line[x] = (line[x] + up) & 255
            elif kind == 3:
                line[x] = (line[x] + (left + up) // 2) & 255
            elif kind == 4:
                guess = left + up - corner
                near = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))
                line[x] = (line[x] + near[2]) & 255
        rows.append(line)
        before = line
    return rows


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", body)
            assert depth == 8 and colour in (2, 6) and interlace == 0
        elif kind == b"IDAT":
            packed += body
        at += size + 12
    pixel = 3 if colour == 2 else 4
    rows = unfilter(zlib.decompress(packed), width, height, pixel)
    return [[row[x * pixel + 1] < 100 for x in range(width)] for row in rows]


def main():
    dark = read(sys.argv[1])
    width, height = len(dark[0]), len(dark)
    # The last line of text: up from below to the first row without ink over it.
    end = max(y for y in range(height) if any(dark[y]))
    begin = end
    while begin > 0 and any(any(dark[y]) for y in range(max(0, begin - 3), begin)):
        begin -= 1
    marks = [x for y in range(begin, end + 1) for x in range(width) if dark[y][x]]
    longest = max(range(width), key=lambda x: sum(row[x] for row in dark))
    print(f"{sum(marks) / len(marks) / width:.2f} {longest / width:.2f}")


main()
