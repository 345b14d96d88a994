//! Tree, tiles and proofs: against the vectors of RFC 6962 and against two crates from elsewhere.

use ct_merkle::{
    ConsistencyProof, HashableLeaf, InclusionProof, RootHash, digest::Update, mem_backed_tree::MemoryBackedTree,
};
use proptest::prelude::*;
use sha2::Sha256;
use tlog_tiles::{HashReader as _, TileHashReader, TileReader};
use vigie_evidence::{
    Frontier, Hash, ProofError, ReadError, TileWriter, bundle_entries, bundle_push, consistency_proof, empty_root,
    entries_path, inclusion_proof, leaf_hash, tile_path, tile_width, verify_consistency, verify_inclusion,
};

use crate::{Memory, leaf, tree};

/// The leaves and roots that Certificate Transparency's own tests use, sizes 1 to 8.
const CT_LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const CT_ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

#[test]
fn the_root_of_nothing_is_the_hash_of_nothing() {
    assert_eq!(empty_root().to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Frontier::new().root(), empty_root());
    assert_eq!(TileWriter::new().root(), empty_root());
}

#[test]
fn roots_are_those_of_the_certificate_transparency_vectors() {
    let mut frontier = Frontier::new();
    let mut writer = TileWriter::new();
    for (data, root) in CT_LEAVES.iter().zip(CT_ROOTS) {
        let leaf = leaf_hash(&bytes(data));
        frontier.push(leaf);
        writer.append(&[leaf]);
        assert_eq!(frontier.root().to_hex(), root);
        assert_eq!(writer.root().to_hex(), root);
    }
}

#[test]
fn a_frontier_comes_back_from_its_bytes_and_only_from_whole_ones() {
    let mut frontier = Frontier::new();
    for n in 0..300 {
        let kept = frontier.to_bytes();
        assert_eq!(Frontier::from_bytes(&kept).unwrap(), frontier);
        assert_eq!(Frontier::from_bytes(&kept[..kept.len() - 1]), None);
        assert_eq!(Frontier::from_bytes(&[kept, vec![0; 32]].concat()), None);
        frontier.push(leaf(n));
    }
}

#[test]
fn appending_in_any_groups_gives_the_same_tiles_and_root() {
    for size in [1, 2, 255, 256, 257, 511, 512, 513, 700, 65_535, 65_536, 65_537] {
        let (at_once, memory) = tree(size);
        let mut frontier = Frontier::new();
        let mut grouped = TileWriter::new();
        let mut kept = Memory::default();
        let mut next = 0;
        for group in [1, 3, 64, 255, 256, 257, 1_000].into_iter().cycle() {
            let until = size.min(next + group);
            let leaves: Vec<Hash> = (next..until).map(leaf).collect();
            leaves.iter().for_each(|l| frontier.push(*l));
            kept.keep(grouped.append(&leaves));
            next = until;
            if next == size {
                break;
            }
            grouped = TileWriter::resume(next, &kept).unwrap();
        }
        assert_eq!((grouped.root(), grouped.size()), (frontier.root(), size));
        assert_eq!(grouped, at_once);
        assert_eq!(kept.tiles, memory.tiles);
        for ((level, index), hashes) in &kept.tiles {
            assert_eq!(usize::from(tile_width(size, *level, *index)) * 32, hashes.len());
        }
    }
}

#[test]
fn entries_are_proved_in_every_size_up_to_300_and_a_tampered_proof_is_not() {
    let (_, memory) = tree(300);
    let mut frontier = Frontier::new();
    for size in 1..=300_u64 {
        frontier.push(leaf(size - 1));
        let root = frontier.root();
        for index in (0..size).filter(|i| size <= 40 || i % 17 == size % 17 || *i + 1 == size) {
            let proof = inclusion_proof(size, index, &memory).unwrap();
            verify_inclusion(leaf(index), index, size, &proof, root).unwrap();
            assert!(verify_inclusion(leaf(index + 1), index, size, &proof, root).is_err());
            assert!(verify_inclusion(leaf(index), index, size, &proof, leaf(0)).is_err() || size == 1);
            assert!(matches!(verify_inclusion(leaf(index), size, size, &proof, root), Err(ProofError::Range { .. })));
            let longer = [proof.clone(), vec![leaf(1)]].concat();
            assert!(matches!(
                verify_inclusion(leaf(index), index, size, &longer, root),
                Err(ProofError::Length { .. })
            ));
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_inclusion(leaf(index), index, size, shorter, root).is_err());
            }
        }
    }
}

#[test]
fn every_pair_of_sizes_up_to_130_and_around_a_full_tile_is_consistent_and_a_tampered_proof_is_not() {
    let (_, memory) = tree(300);
    let mut roots = vec![empty_root()];
    let mut frontier = Frontier::new();
    for n in 0..300 {
        frontier.push(leaf(n));
        roots.push(frontier.root());
    }
    let root = |size: u64| roots[usize::try_from(size).unwrap()];
    for new in (0..=130_u64).chain(254..=259).chain([300]) {
        for old in 0..=new {
            let proof = consistency_proof(old, new, &memory).unwrap();
            verify_consistency(old, root(old), new, root(new), &proof).unwrap();
            assert!(verify_consistency(old, leaf(9), new, root(new), &proof).is_err());
            if old > 0 {
                assert!(verify_consistency(old, root(old), new, leaf(9), &proof).is_err());
            }
            let longer = [proof.clone(), vec![leaf(1)]].concat();
            assert!(verify_consistency(old, root(old), new, root(new), &longer).is_err());
            if let Some((_, shorter)) = proof.split_last() {
                assert!(verify_consistency(old, root(old), new, root(new), shorter).is_err());
            }
        }
        assert_eq!(consistency_proof(new + 1, new, &memory), Err(ReadError::Range { asked: new + 1, size: new }));
        assert!(verify_consistency(new + 1, root(0), new, root(new), &[]).is_err());
    }
}

/// A leaf of ct-merkle that hashes as ours do.
#[derive(Clone)]
struct Leaf(u64);

impl HashableLeaf for Leaf {
    fn hash<H: Update>(&self, hasher: &mut H) {
        hasher.update(&self.0.to_be_bytes());
    }
}

fn digests(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|h| h.0).collect()
}

/// Our proofs for one pair of sizes, taken to ct-merkle.
fn check_with_ct_merkle(old: u64, new: u64, index: u64) {
    let (writer, memory) = tree(new);
    let root = RootHash::<Sha256>::new(writer.root().0.into(), new);
    let inclusion =
        InclusionProof::<Sha256>::try_from_bytes(digests(&inclusion_proof(new, index, &memory).unwrap())).unwrap();
    root.verify_inclusion(&Leaf(index), index, &inclusion).unwrap();
    assert!(root.verify_inclusion(&Leaf(index + 1), index, &inclusion).is_err());

    let (before, _) = tree(old);
    let old_root = RootHash::<Sha256>::new(before.root().0.into(), old);
    let consistency =
        ConsistencyProof::<Sha256>::try_from_bytes(digests(&consistency_proof(old, new, &memory).unwrap())).unwrap();
    root.verify_consistency(&old_root, &consistency).unwrap();
}

#[test]
fn ct_merkle_verifies_our_roots_and_proofs() {
    let mut theirs = MemoryBackedTree::<Sha256, Leaf>::new();
    for n in 0..600 {
        theirs.push(Leaf(n));
    }
    assert_eq!(theirs.root().as_bytes().as_slice(), tree(600).0.root().0);
    for (old, new) in [
        (1, 2),
        (2, 3),
        (3, 7),
        (4, 7),
        (6, 8),
        (255, 256),
        (256, 257),
        (256, 600),
        (257, 600),
        (599, 600),
        (300, 3_000),
        (2_048, 2_500),
    ] {
        for index in [0, old - 1, old, new - 1] {
            check_with_ct_merkle(old, new, index);
        }
    }
}

/// Our tiles, handed to tlog_tiles.
struct Theirs<'a>(&'a Memory);

impl TileReader for Theirs<'_> {
    fn height(&self) -> u8 {
        8
    }
    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles
            .iter()
            .map(|t| {
                let width = u16::try_from(t.width()).unwrap();
                let path = t.path();
                assert_eq!(path.replacen("tile/8/", "tile/", 1), tile_path(t.level(), t.level_index(), width));
                let mut bytes = self.0.tiles[&(t.level(), t.level_index())].clone();
                bytes.truncate(usize::from(width) * 32);
                bytes
            })
            .collect())
    }
    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

#[test]
fn tlog_tiles_reads_our_tiles_and_proves_what_we_prove() {
    for size in [1, 2, 255, 256, 257, 1_000, 66_000] {
        let (writer, memory) = tree(size);
        let reader = Theirs(&memory);
        let root = tlog_tiles::Hash(writer.root().0);
        let hashes = TileHashReader::new(size, root, &reader);
        for index in [0, size / 3, size / 2, size - 1] {
            let theirs = tlog_tiles::prove_record(size, index, &hashes).unwrap();
            let ours = inclusion_proof(size, index, &memory).unwrap();
            assert_eq!(theirs.iter().map(|h| h.0).collect::<Vec<_>>(), ours.iter().map(|h| h.0).collect::<Vec<_>>());
            tlog_tiles::check_record(&theirs, size, root, index, tlog_tiles::Hash(leaf(index).0)).unwrap();

            let theirs = tlog_tiles::prove_tree(size, index + 1, &hashes).unwrap();
            let ours = consistency_proof(index + 1, size, &memory).unwrap();
            assert_eq!(theirs.iter().map(|h| h.0).collect::<Vec<_>>(), ours.iter().map(|h| h.0).collect::<Vec<_>>());
        }
        let at = tlog_tiles::stored_hash_index(0, size - 1);
        assert_eq!(hashes.read_hashes(&[at]).unwrap()[0].0, leaf(size - 1).0);
    }
}

#[test]
fn a_proof_in_a_large_tree_reads_few_tiles() {
    let (_, memory) = tree(200_000);
    inclusion_proof(200_000, 123_456, &memory).unwrap();
    assert!(*memory.reads.borrow() <= 6, "{} tiles were read", memory.reads.borrow());
}

#[test]
fn a_missing_tile_is_named() {
    let (_, mut memory) = tree(700);
    memory.tiles.remove(&(0, 1));
    let err = inclusion_proof(700, 300, &memory).unwrap_err();
    assert_eq!(err, ReadError::Short { level: 0, index: 1, width: 256, found: 0 });
}

#[test]
fn paths_are_those_of_the_tlog_tiles_specification() {
    assert_eq!(tile_path(0, 0, 256), "tile/0/000");
    assert_eq!(tile_path(0, 1_234_067, 256), "tile/0/x001/x234/067");
    assert_eq!(tile_path(1, 273, 112), "tile/1/273.p/112");
    assert_eq!(entries_path(1_234, 255), "tile/entries/x001/234.p/255");
    assert_eq!(entries_path(0, 256), "tile/entries/000");
}

#[test]
fn a_bundle_gives_back_its_entries_and_refuses_a_cut() {
    let mut bundle = Vec::new();
    let longest = vec![b'x'; 65_535];
    for entry in [&b"first"[..], b"", &longest] {
        assert!(bundle_push(&mut bundle, entry));
    }
    let before = bundle.len();
    assert!(!bundle_push(&mut bundle, &[b'x'; 65_536]));
    assert_eq!(bundle.len(), before);
    assert_eq!(bundle_entries(&bundle).unwrap(), [&b"first"[..], b"", &longest]);
    assert_eq!(bundle_entries(&bundle[..before - 1]), None);
    assert_eq!(bundle_entries(&[0]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proofs_hold_at_any_size((new, old, index) in (1..3_000_u64).prop_flat_map(|new| (Just(new), 1..=new, 0..new)), flip in any::<(u8, u8)>()) {
        let (writer, memory) = tree(new);
        let (before, _) = tree(old);
        let mut proof = inclusion_proof(new, index, &memory).unwrap();
        prop_assert!(verify_inclusion(leaf(index), index, new, &proof, writer.root()).is_ok());
        if !proof.is_empty() {
            let at = usize::from(flip.0) % proof.len();
            proof[at].0[usize::from(flip.1) % 32] ^= 1;
            prop_assert!(verify_inclusion(leaf(index), index, new, &proof, writer.root()).is_err());
        }
        let mut proof = consistency_proof(old, new, &memory).unwrap();
        prop_assert!(verify_consistency(old, before.root(), new, writer.root(), &proof).is_ok());
        if !proof.is_empty() {
            let at = usize::from(flip.0) % proof.len();
            proof[at].0[usize::from(flip.1) % 32] ^= 1;
            prop_assert!(verify_consistency(old, before.root(), new, writer.root(), &proof).is_err());
        }
    }

    #[test]
    fn no_proof_makes_the_verifiers_panic(a in any::<u64>(), b in any::<u64>(), n in 0..80_usize) {
        let proof = vec![leaf(1); n];
        let _ = verify_inclusion(leaf(0), a, b, &proof, leaf(2));
        let _ = verify_consistency(a, leaf(0), b, leaf(2), &proof);
    }
}
