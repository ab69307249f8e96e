# what: reads comma-separated values with quotes and prints a table
# class: ordinary
# prints: name|city        |rate, kB/s
# prints: ann |New York, NY|12.5
# prints: bob |say "hi"    |7

text = 'name,city,"rate, kB/s"\nann,"New York, NY",12.5\nbob,"say ""hi""",7\n'


def parse(text):
    rows, row, field, quoted, place = [], [], "", False, 0
    while place < len(text):
        letter = text[place]
        if quoted:
            if letter == '"' and text[place + 1 : place + 2] == '"':
                field += '"'
                place += 1
            elif letter == '"':
                quoted = False
            else:
                field += letter
        elif letter == '"':
            quoted = True
        elif letter == ",":
            row.append(field)
            field = ""
        elif letter == "\n":
            rows.append(row + [field])
            row, field = [], ""
        else:
            field += letter
        place += 1
    return rows


rows = parse(text)
widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
for row in rows:
    log("|".join(cell.ljust(width) for cell, width in zip(row, widths)), "\n")
