//! DICOM files built element by element, explicit little endian.

/// One element: a tag, its value representation and its bytes.
pub fn element(tag: u32, kind: &str, value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    if value.len() % 2 == 1 {
        value.push(if matches!(kind, "UI" | "OB" | "UN") { 0 } else { b' ' });
    }
    let mut bytes = Vec::new();
    bytes.extend(((tag >> 16) as u16).to_le_bytes());
    bytes.extend((tag as u16).to_le_bytes());
    bytes.extend(kind.as_bytes());
    if matches!(kind, "OB" | "OW" | "SQ" | "UN" | "UT") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

/// A text element.
pub fn text(tag: u32, kind: &str, value: &str) -> Vec<u8> {
    element(tag, kind, value.as_bytes())
}

/// An element of one unsigned 16-bit number.
pub fn short(tag: u32, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

/// A sequence of items.
pub fn sequence(tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
    let mut value = Vec::new();
    for item in items {
        value.extend([0xFE, 0xFF, 0x00, 0xE0]);
        value.extend((item.len() as u32).to_le_bytes());
        value.extend(item);
    }
    element(tag, "SQ", &value)
}

/// A file of the given elements, which are put in order here.
pub fn file(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.push(text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.7"));
    let tag = |bytes: &Vec<u8>| (u16::from_le_bytes([bytes[0], bytes[1]]), u16::from_le_bytes([bytes[2], bytes[3]]));
    elements.sort_by_key(tag);
    let meta = [
        element(0x0002_0001, "OB", &[0, 1]),
        text(0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.7"),
        text(0x0002_0003, "UI", "2.25.1"),
        text(0x0002_0010, "UI", "1.2.840.10008.1.2.1"),
        text(0x0002_0012, "UI", "2.25.2"),
    ]
    .concat();
    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    bytes.extend(element(0x0002_0000, "UL", &(meta.len() as u32).to_le_bytes()));
    bytes.extend(meta);
    bytes.extend(elements.concat());
    bytes
}

/// The elements of a grey image of one byte per pixel.
pub fn image(columns: u16, rows: u16, pixels: &[u8]) -> Vec<Vec<u8>> {
    vec![
        text(0x0008_0060, "CS", "MR"),
        short(0x0028_0002, 1),
        text(0x0028_0004, "CS", "MONOCHROME2"),
        short(0x0028_0010, rows),
        short(0x0028_0011, columns),
        short(0x0028_0100, 8),
        short(0x0028_0101, 8),
        short(0x0028_0102, 7),
        short(0x0028_0103, 0),
        element(0x7FE0_0010, "OB", pixels),
    ]
}

/// The elements that place a slice along z.
pub fn place(z: f64) -> Vec<Vec<u8>> {
    vec![
        text(0x0020_0032, "DS", &format!("1\\2\\{z}")),
        text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0"),
        text(0x0028_0030, "DS", "0.5\\0.25"),
    ]
}

/// The same element set with some replaced.
pub fn with(elements: Vec<Vec<u8>>, replaced: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let kept = elements.into_iter().filter(|old| !replaced.iter().any(|new| new[..4] == old[..4]));
    kept.chain(replaced.clone()).collect()
}

/// A binary segmentation of two frames, 4×2 pixels each, of the segments 1 and 2.
pub fn segmentation() -> Vec<u8> {
    let frame = |segment: u16, z: f64| {
        [
            sequence(0x0020_9113, &[text(0x0020_0032, "DS", &format!("1\\2\\{z}"))]),
            sequence(0x0062_000A, &[short(0x0062_000B, segment)]),
        ]
        .concat()
    };
    let shared = [
        sequence(0x0020_9116, &[text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")]),
        sequence(0x0028_9110, &[text(0x0028_0030, "DS", "0.5\\0.25")]),
    ]
    .concat();
    let segment = |number: u16, label: &str| [short(0x0062_0004, number), text(0x0062_0005, "LO", label)].concat();
    file(with(
        image(4, 2, &[0b1000_0001, 0b0000_0110]),
        vec![
            text(0x0008_0060, "CS", "SEG"),
            text(0x0028_0008, "IS", "2"),
            short(0x0028_0100, 1),
            short(0x0028_0101, 1),
            short(0x0028_0102, 0),
            text(0x0062_0001, "CS", "BINARY"),
            sequence(0x0062_0002, &[segment(1, "lesion"), segment(2, "cyst")]),
            sequence(0x5200_9229, &[shared]),
            sequence(0x5200_9230, &[frame(1, 3.0), frame(2, 5.0)]),
        ],
    ))
}

/// A structure set of one structure of the given contours.
pub fn structure_set(contours: &[&[[f64; 3]]]) -> Vec<u8> {
    let contour = |points: &&[[f64; 3]]| {
        let data = points.iter().flatten().map(|n| n.to_string()).collect::<Vec<_>>().join("\\");
        [text(0x3006_0042, "CS", "CLOSED_PLANAR"), text(0x3006_0050, "DS", &data)].concat()
    };
    let contours: Vec<Vec<u8>> = contours.iter().map(contour).collect();
    file(vec![
        text(0x0008_0060, "CS", "RTSTRUCT"),
        sequence(0x3006_0020, &[[text(0x3006_0022, "IS", "4"), text(0x3006_0026, "LO", "GTV")].concat()]),
        sequence(0x3006_0039, &[[sequence(0x3006_0040, &contours), text(0x3006_0084, "IS", "4")].concat()]),
    ])
}
